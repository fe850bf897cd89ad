# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# options.awk - reads the --help of neapc or neap-run and prints one line per
# option: the option, a tab, and what its value is: nothing if it takes none, its
# choices, `DIR`, `FILE`, or another word in capitals. So completions cannot go
# out of date.

function finish() {
  if (option != "")
    print option "\t" value
  option = ""
}

# `  --option=VALUE  text`, `  -o <VALUE>  - text`, `  --option NAME=FILE  text`.
/^  -/ {
  finish()
  option = $1
  value = ""
  if (match(option, /=/)) {
    value = substr(option, RSTART + 1)
    option = substr(option, 1, RSTART - 1)
  } else if ($2 ~ /^<.*>$/ || $2 ~ /^[A-Z]+=/) {
    value = $2
  }
  gsub(/[<>]/, "", value)
  next
}

# `    =choice  -   text`, below `--option=<value>`.
/^    =/ {
  choice = substr($1, 2)
  value = value == "value" ? choice : value "|" choice
}

END { finish() }
