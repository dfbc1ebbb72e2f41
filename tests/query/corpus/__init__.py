"""What hostile people send. It grows: whatever is found is added here.

Statements that reach or change something, statements that take all there is, and files that are
not what they say. In statements, {file} is the table's own file, {folder} a folder to write to,
{secret} a file with a secret, {other} somebody else's table, {port} a port that listens, {pid} a
process to look into.
"""
