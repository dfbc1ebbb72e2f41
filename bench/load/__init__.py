"""What the benches load servers with, and how they look at the machine meanwhile."""
