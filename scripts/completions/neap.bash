# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
#
# neap.bash - completes the command lines of neapc and neap-run in bash:
#
#   source scripts/completions/neap.bash
#
# What there is to complete is read from the tool's own --help.

_neap_folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# Completes a value that the help describes as $1, of which $2 is written.
_neap_value() {
  case "$1" in
    *DIR*) COMPREPLY=($(compgen -d -- "$2")) ;;
    *FILE* | *OUT*) COMPREPLY=($(compgen -f -- "$2")) ;;
    [a-z]*) COMPREPLY=($(compgen -W "${1//|/ }" -- "$2")) ;;
  esac
}

# Completes options that begin with $1; those with a value end in `=`.
_neap_option() {
  local option value words=()
  while IFS=$'\t' read -r option value; do
    if [[ -n "$value" && "$option" == --* ]]; then
      words+=("$option=")
    else
      words+=("$option")
    fi
  done <<<"$_neap_options"
  COMPREPLY=($(compgen -W "${words[*]}" -- "$1"))
  if [[ "${COMPREPLY[0]-}" == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}

# Completes the model.
_neap_model() {
  local ending=onnx
  if [[ "$1" == *neap-run ]]; then
    ending=neap
  fi
  COMPREPLY=($(compgen -f -X "!*.$ending" -- "$2") $(compgen -d -S / -- "$2"))
}

_neap() {
  local tool="$1" word="${COMP_WORDS[COMP_CWORD]}" option="" value written prefix=""
  local before="${COMP_WORDS[COMP_CWORD - 1]}"
  COMPREPLY=()
  _neap_options="$("$tool" --help 2>/dev/null | awk -f "$_neap_folder/options.awk")"
  # Bash takes `--option=value` apart at the `=`, unless told otherwise.
  if [[ "$word" == "=" ]]; then
    written="$before" word=""
  elif [[ "$before" == "=" ]]; then
    written="${COMP_WORDS[COMP_CWORD - 2]}"
  elif [[ "$word" == --*=* ]]; then
    written="${word%%=*}" prefix="${word%%=*}=" word="${word#*=}"
  else
    written="$before"
  fi
  while IFS=$'\t' read -r option value; do
    if [[ "$option" == "$written" && -n "$value" ]]; then
      _neap_value "$value" "$word"
      COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
      return
    fi
  done <<<"$_neap_options"
  if [[ "$before" == "=" ]]; then
    COMPREPLY=($(compgen -f -- "$word")) # the file of --input NAME=FILE
  elif [[ "$word" == -* ]]; then
    _neap_option "$word"
  else
    _neap_model "$tool" "$word"
  fi
}

complete -o filenames -F _neap neapc neap-run
