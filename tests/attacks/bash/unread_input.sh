#!/bin/bash
# attack: never read the input
# tries: Closes its input unread, and then writes to it as if it were a socket.
# wall: framing
# without: Who writes the input before reading the output blocks, or dies of
#   SIGPIPE.
# expect: ok
# stdin: much that nobody reads

if echo x >&0; then
	echo 'ESCAPED: input: it could be written'
else
	echo 'stopped: write to the input: refused'
fi 2>/dev/null
exec 0<&-
echo 'stopped: input: closed unread'
