"""Read /etc/passwd

Reads the list of users.  It works, and shows nothing of this machine: the
container has a file system of its own, with a user list of its own.
"""
with open("/etc/passwd") as users:
    print(users.read())
