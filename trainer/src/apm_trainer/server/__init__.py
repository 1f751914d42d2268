"""HTTP, the queue of jobs, and the processes that do them."""
