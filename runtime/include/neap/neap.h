/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * neap.h - the C API of the runtime: load a .neap model, make sessions, run.
 *
 * Every function that can fail returns a neap_status_t *: NULL is success; an
 * error is owned by the caller and freed with neap_status_destroy. Outputs
 * (out_...) are written on success only. Options structs start with their size,
 * set by the ..._INIT macros, so that later versions can add fields at the end;
 * NULL options mean the defaults. Strings are UTF-8 and end with a zero; those
 * that are returned belong to the model and live as long as it does.
 *
 * A .neap file holds native code: trust it like an executable.
 */
#ifndef NEAP_NEAP_H
#define NEAP_NEAP_H

#include <stddef.h>
#include <stdint.h>

#include <neap/dlpack.h>

#if defined(__GNUC__)
#define NEAP_API __attribute__((visibility("default")))
#define NEAP_NODISCARD __attribute__((warn_unused_result))
#else
#define NEAP_API
#define NEAP_NODISCARD
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ----------------------------------------------------------- */

#define NEAP_VERSION_MAJOR 0
#define NEAP_VERSION_MINOR 1
#define NEAP_VERSION_PATCH 0

/* Returns the library's version, such as "0.1.0". Thread-safe. */
NEAP_API const char *neap_version(void);

/* ---- Status ------------------------------------------------------------ */

/* The canonical codes (as in gRPC and Abseil). */
typedef enum neap_status_code {
  NEAP_OK = 0,
  NEAP_CANCELLED = 1,
  NEAP_UNKNOWN = 2,
  NEAP_INVALID_ARGUMENT = 3,
  NEAP_DEADLINE_EXCEEDED = 4,
  NEAP_NOT_FOUND = 5,
  NEAP_ALREADY_EXISTS = 6,
  NEAP_PERMISSION_DENIED = 7,
  NEAP_RESOURCE_EXHAUSTED = 8,
  NEAP_FAILED_PRECONDITION = 9,
  NEAP_ABORTED = 10,
  NEAP_OUT_OF_RANGE = 11,
  NEAP_UNIMPLEMENTED = 12,
  NEAP_INTERNAL = 13,
  NEAP_UNAVAILABLE = 14,
  NEAP_DATA_LOSS = 15,
  NEAP_UNAUTHENTICATED = 16
} neap_status_code_t;

typedef struct neap_status neap_status_t;

/* Returns the code; NEAP_OK for NULL. Thread-safe. */
NEAP_API neap_status_code_t neap_status_code(const neap_status_t *status);

/* Returns one sentence without a final period; "" for NULL. It lives as long
 * as the status. Thread-safe. */
NEAP_API const char *neap_status_message(const neap_status_t *status);

/* Returns the code's name, such as "DATA_LOSS". Thread-safe. */
NEAP_API const char *neap_status_code_name(neap_status_code_t code);

/* Frees a status; NULL is allowed. */
NEAP_API void neap_status_destroy(neap_status_t *status);

/* ---- Model ------------------------------------------------------------- */

/* A loaded .neap file: plan, kernels, mapped weights. Immutable.
 * Thread-safe: any number of threads may use it at once. */
typedef struct neap_model neap_model_t;

typedef struct neap_model_options {
  size_t size;             /* sizeof(neap_model_options_t) */
  uint32_t verify_weights; /* 1: also check the checksums of the weights and of
                              the kernels that are not used, which reads the
                              whole file */
  uint32_t reserved;
  const char *isa; /* "x86-64-v2", ...: use the kernels for this instruction
                      set; NULL: the best that this CPU has */
} neap_model_options_t;

#define NEAP_MODEL_OPTIONS_INIT {sizeof(neap_model_options_t), 0, 0, NULL}

/* Loads a model from a file. The weights are mapped from it, not copied: the
 * file must not be changed while the model lives.
 *
 * Errors: NOT_FOUND or PERMISSION_DENIED if it cannot be opened; DATA_LOSS if
 * it is damaged or is no .neap file; FAILED_PRECONDITION if it has a format or
 * an instruction set that this runtime or CPU lacks; INVALID_ARGUMENT if its
 * plan breaks a rule; RESOURCE_EXHAUSTED if memory runs out. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_model_load_file(const char *path, const neap_model_options_t *options,
                     neap_model_t **out_model);

/* Loads a model from size_in_bytes bytes at data, which must be 64-byte aligned
 * and must outlive the model and its sessions. Errors as above. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_model_load_memory(const void *data, size_t size_in_bytes,
                       const neap_model_options_t *options,
                       neap_model_t **out_model);

/* Gives the model back; NULL is allowed. Sessions keep what they need. */
NEAP_API void neap_model_destroy(neap_model_t *model);

/* Returns the instruction set of the kernels in use, such as "x86-64-v3". */
NEAP_API const char *neap_model_isa(const neap_model_t *model);

/* Returns the most threads that a session may use. */
NEAP_API uint32_t neap_model_max_threads(const neap_model_t *model);

/* A named dimension that a session binds: lo <= value <= hi, and value - lo is
 * a multiple of step. */
typedef struct neap_dim_info {
  const char *name;
  int64_t lo;
  int64_t hi;
  int64_t step;
  uint32_t is_free; /* 0: follows from the others, cannot be bound */
} neap_dim_info_t;

NEAP_API size_t neap_model_dim_count(const neap_model_t *model);
/* Errors: OUT_OF_RANGE if there is no such dimension. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_model_dim(const neap_model_t *model, size_t index,
               neap_dim_info_t *out_info);

NEAP_API size_t neap_model_entry_count(const neap_model_t *model);
/* Returns the entry's name, or NULL if there is none of that index. */
NEAP_API const char *neap_model_entry_name(const neap_model_t *model,
                                           size_t index);

/* ---- Session ----------------------------------------------------------- */

/* One entry of a model, ready to run: arena, state, threads. Keeps the model.
 * Thread-compatible: one thread at a time, except for neap_session_cancel. */
typedef struct neap_session neap_session_t;

/* A task of a parallel loop. */
typedef void (*neap_task_fn)(void *task_context, uint32_t index);

/* A host's own thread pool: calls task(task_context, i) once for each i in
 * [0, num_tasks), on any threads, in any order, and returns when all have
 * returned. Must not throw. */
typedef void (*neap_parallel_for_fn)(void *context, uint32_t num_tasks,
                                     neap_task_fn task, void *task_context);

/* One command that has been executed; times are of CLOCK_MONOTONIC, in
 * nanoseconds. */
typedef struct neap_command_event {
  size_t size;        /* sizeof(neap_command_event_t) of the runtime */
  const char *name;   /* the layer's name */
  const char *kind;   /* "launch", "copy", "if", "loop", "read_scalar" */
  const char *kernel; /* the kernel's symbol, or NULL */
  uint32_t stream;
  uint32_t num_threads;
  uint64_t begin_ns;
  uint64_t end_ns;
  uint64_t live_bytes; /* of the arena, while it ran, at the sizes' bounds */
  uint32_t thread;     /* that the run is on; as in neap_call_event_t */
  uint32_t reserved;
} neap_command_event_t;

/* Called on the running thread after each command. */
typedef void (*neap_command_callback_fn)(void *context,
                                         const neap_command_event_t *event);

/* One call of a kernel: a thread's part of a launch. The launch's own event
 * follows those of its calls. */
typedef struct neap_call_event {
  size_t size;     /* sizeof(neap_call_event_t) of the runtime */
  uint32_t thread; /* the system's number of the thread that made it */
  uint32_t reserved;
  int64_t tile_begin; /* the tiles that it has done: begin <= tile < end */
  int64_t tile_end;
  uint64_t begin_ns;
  uint64_t end_ns;
} neap_call_event_t;

/* Called after each call of a kernel, on the thread that made it: by several
 * threads at once. */
typedef void (*neap_call_callback_fn)(void *context,
                                      const neap_call_event_t *event);

typedef struct neap_session_options {
  size_t size;          /* sizeof(neap_session_options_t) */
  uint32_t num_threads; /* 0: as many as affinity, cgroup and the plan allow */
  uint32_t reserved;
  neap_parallel_for_fn parallel_for; /* NULL: threads of the session's own */
  void *parallel_for_context;
  neap_command_callback_fn on_command; /* NULL: none */
  void *on_command_context;
  neap_call_callback_fn on_call; /* NULL: none */
  void *on_call_context;
} neap_session_options_t;

#define NEAP_SESSION_OPTIONS_INIT                                              \
  {sizeof(neap_session_options_t), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL}

/* Makes a session of the entry that is named (NULL: "main"). All memory that
 * runs will use is allocated here.
 *
 * Errors: NOT_FOUND if there is no such entry; INVALID_ARGUMENT if num_threads
 * is above the plan's max_threads; RESOURCE_EXHAUSTED if memory or threads
 * cannot be had. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_create(const neap_model_t *model, const char *entry,
                    const neap_session_options_t *options,
                    neap_session_t **out_session);

/* Frees the session, its memory and its threads; NULL is allowed. */
NEAP_API void neap_session_destroy(neap_session_t *session);

/* Binds a free dimension for the runs that follow. A dimension that is not
 * bound takes its value from the shapes of the inputs of each run.
 *
 * Errors: NOT_FOUND if there is no such free dimension; INVALID_ARGUMENT if
 * value is outside its range. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_bind_dim(neap_session_t *session, const char *name, int64_t value);

/* Gives the dimensions that are not bound the sizes that these inputs have, as
 * a run on them would, so that outputs of the right shape can be made.
 *
 * Errors: INVALID_ARGUMENT or FAILED_PRECONDITION as neap_session_run. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_bind_inputs(neap_session_t *session, const DLTensor *const *inputs,
                         size_t num_inputs);

/* What a tensor of the signature is. dims are the sizes as bound now (at the
 * upper bound where a dimension is not bound), max_dims the upper bounds; they
 * live as long as the session, dims until its next call.
 *
 * A run may count a size of an output, such as how many boxes were found: dims
 * has its upper bound there, and after a run what that run counted, until
 * inputs are bound again. */
typedef struct neap_tensor_info {
  const char *name;
  DLDataType dtype;
  int32_t ndim;
  const int64_t *dims;
  const int64_t *max_dims;
  uint64_t size_in_bytes; /* of dims */
} neap_tensor_info_t;

NEAP_API size_t neap_session_input_count(const neap_session_t *session);
NEAP_API size_t neap_session_output_count(const neap_session_t *session);
/* Errors: OUT_OF_RANGE if there is no such tensor. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_input(const neap_session_t *session, size_t index,
                   neap_tensor_info_t *out_info);
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_output(const neap_session_t *session, size_t index,
                    neap_tensor_info_t *out_info);

/* What makes an output. A model that neapc has compiled with --keep-values has
 * outputs for the values kept by name, behind the model's own. */
typedef struct neap_layer_info {
  size_t size;       /* in: sizeof(neap_layer_info_t) of the caller */
  const char *name;  /* the node of the ONNX model; "" if not said */
  uint32_t position; /* 1 + its index among the nodes; 0 if not said */
  uint32_t is_kept;  /* 1: a value kept by name; 0: the model's own output */
} neap_layer_info_t;

#define NEAP_LAYER_INFO_INIT {sizeof(neap_layer_info_t), 0, 0, 0}

/* The name lives as long as the session.
 *
 * Errors: OUT_OF_RANGE if there is no such output; INVALID_ARGUMENT if
 * out_info->size is not set. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_output_layer(const neap_session_t *session, size_t index,
                          neap_layer_info_t *out_info);

/* As neap_session_output, but dims and size_in_bytes are what the caller's
 * tensor must have: the upper bound where a run counts the size. A run writes
 * the elements of such an output in row-major order of the shape that it has
 * counted, from the start of the tensor's memory. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_output_capacity(const neap_session_t *session, size_t index,
                             neap_tensor_info_t *out_info);

/* Makes a tensor for an input or output, with the shape as bound now (an output
 * that of neap_session_output_capacity) and 64-byte aligned memory that is set
 * to zero. The caller owns it and frees it with its deleter. It does not depend
 * on the session.
 *
 * Errors: OUT_OF_RANGE if there is no such tensor; RESOURCE_EXHAUSTED. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_allocate_input(const neap_session_t *session, size_t index,
                            DLManagedTensor **out_tensor);
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_allocate_output(const neap_session_t *session, size_t index,
                             DLManagedTensor **out_tensor);

/* Runs the entry once: reads inputs, writes outputs, in the order of the
 * signature; returns when the outputs can be read.
 *
 * Shapes: compact row-major tensors of the signature's types and sizes, outputs
 * as neap_session_output_capacity says; data is aligned to its element. Bool
 * tensors may be kDLBool or kDLUInt of 8 bits. Ownership: the caller keeps all
 * tensors. An output must not overlap an input or another output, except where
 * the signature says that it shares an input's memory. Allocates nothing from
 * the second run on. Errors: INVALID_ARGUMENT if a tensor differs from the
 * signature (nothing has run); CANCELLED after neap_session_cancel;
 * OUT_OF_RANGE if an index in the data is outside its axis; INVALID_ARGUMENT
 * for an integer division by zero; INTERNAL if a kernel failed. After an error
 * the outputs are undefined, and so is what the run was updating in the state.
 */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_run(neap_session_t *session, const DLTensor *const *inputs,
                 size_t num_inputs, const DLTensor *const *outputs,
                 size_t num_outputs);

/* Makes the run in progress, or else the next one, return CANCELLED; that run
 * clears the request. Thread-safe. */
NEAP_API void neap_session_cancel(neap_session_t *session);

/* Takes back a request that no run has seen yet. Thread-safe. */
NEAP_API void neap_session_clear_cancel(neap_session_t *session);

/* What a session's memory is made of, in bytes. */
typedef struct neap_memory_info {
  size_t size;           /* in: sizeof(neap_memory_info_t) of the caller */
  uint64_t arena_bytes;  /* transients and scratch */
  uint64_t const_bytes;  /* weights, mapped read-only and shared */
  uint64_t state_bytes;  /* lives across runs */
  uint64_t input_bytes;  /* the caller's, as bound now */
  uint64_t output_bytes; /* the caller's, as bound now */
  uint64_t table_bytes;  /* declared reserve: pointers and sizes of commands */
  uint64_t bytes_per_thread; /* declared reserve: stack of one own thread */
  uint32_t num_threads;      /* that take part in a run */
  uint32_t num_own_threads;  /* started by the session */
} neap_memory_info_t;

#define NEAP_MEMORY_INFO_INIT                                                  \
  {sizeof(neap_memory_info_t), 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* Errors: INVALID_ARGUMENT if out_info->size is not set. */
NEAP_API NEAP_NODISCARD neap_status_t *
neap_session_memory(const neap_session_t *session,
                    neap_memory_info_t *out_info);

#ifdef __cplusplus
}
#endif

#endif /* NEAP_NEAP_H */
