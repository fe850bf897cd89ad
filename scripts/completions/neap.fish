# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# neap.fish - completes the command lines of neapc and neap-run in fish:
#
#   source scripts/completions/neap.fish
#
# What there is to complete is read from the tool's own --help.

set -g __neap_folder (dirname (realpath (status filename)))

function __neap_complete --description 'Prints what may follow on the command line'
    set -l tool (commandline -opc)[1]
    set -l word (commandline -ct)
    for line in (command $tool --help 2>/dev/null | awk -f $__neap_folder/options.awk)
        set -l parts (string split \t -- $line)
        set -l option $parts[1]
        set -l value $parts[2]
        if test -z "$value"
            echo $option
        else if not string match -q -- '--*' $option
            echo $option
        else if string match -q -- "$option=*" $word
            __neap_values "$option=" $value (string replace -- "$option=" '' $word)
        else
            echo "$option="
        end
    end
end

function __neap_values --description 'Prints the values of option $argv[1], described as $argv[2]'
    if string match -q -- '*DIR*' $argv[2]
        printf '%s\n' $argv[1](__fish_complete_directories "$argv[3]" '' | string split -f1 \t)
    else if string match -qr -- 'FILE|OUT' $argv[2]
        printf '%s\n' $argv[1](__fish_complete_path "$argv[3]" '' | string split -f1 \t)
    else if string match -qr -- '^[a-z]' $argv[2]
        printf '%s\n' $argv[1](string split '|' -- $argv[2])
    end
end

for tool in neapc neap-run
    complete -c $tool -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__neap_complete)'
end
complete -c neapc -n 'not string match -q -- "-*" (commandline -ct)' -a '(__fish_complete_suffix .onnx)' -f
complete -c neap-run -n 'not string match -q -- "-*" (commandline -ct)' -a '(__fish_complete_suffix .neap)' -f
