# attack: half a character at the end
# tries: Ends its output, and its error output, in the middle of a UTF-8
#   character; before that, overlong forms, surrogates and bytes that never
#   occur.
# wall: output
# without: A decoder raises an error and the answer is lost, or JSON is invalid.
# expect: ok

import os

os.write(1, b"stopped: half a character: this line came through\n")
for piece in (b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80",
              b"\xfe\xff", b"\xe2\x82", b"\n", b"\xf0\x9f\x98"):
    os.write(1, piece)
    os.write(2, piece)
