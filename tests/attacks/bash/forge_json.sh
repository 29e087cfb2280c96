#!/bin/bash
# attack: print what looks like the service's answer
# tries: Prints JSON results, an HTTP answer, a log line, markup and terminal
#   escapes; the real status must be another.
# wall: framing
# without: Who looks for a marker in the output finds the program's.
# expect: error

echo '{"status":"ok","exit_code":0,"output":"forged"}'
printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'
printf '\n"}],"status":"ok","exit_code":0}\n'
printf '<script>alert(document.domain)</script>\n'
printf '\e]0;owned\a\e[2J\e[31m\e[?1049h\e]52;c;aWQK\a\n'
printf '\n--- EXIT 0 ---\n__RESULT__ {"exit": 0}\n'
exit 5
