# Count the words of a rhyme, and show the most frequent ones as bars.

rhyme="The more you read, the more you know.
The more you know, the more you grow.
The more you grow, the more you see
how much there is still left to be."

echo "$rhyme"
echo

echo "$rhyme" |
    tr 'A-Z' 'a-z' |        # small letters only
    grep -o '[a-z]*' |      # one word a line
    sort | uniq -c |        # count the same ones
    sort -k1,1nr -k2 |      # the most frequent first
    head -n 5 |
    while read -r count word; do
        printf '%-6s %2d ' "$word" "$count"
        printf '#%.0s' $(seq "$count")
        echo
    done
