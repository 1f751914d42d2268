"""llama.cpp's own HTTP server over one GGUF file: serve.py FILE PORT SLOTS CONTEXT THREADS NAME KIND [TEMPLATE]

CONTEXT is that of one slot, in tokens; KIND is "chat" or "embeddings"; TEMPLATE takes the place of the file's own. Prints "ready" once the port is open; ends with its standard input, where that is a pipe, and else when it is told to.
"""

import os
import signal
import stat
import sys

import xllamacpp

file, port, slots, context, threads, name, kind, *template = sys.argv[1:]
settings = xllamacpp.CommonParams()
settings.model.path = file
settings.model_alias = {name}
settings.hostnames = ["127.0.0.1"]
settings.port = int(port)
settings.n_parallel = int(slots)
settings.n_ctx = int(context) * int(slots)
settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = int(threads)
settings.use_jinja = True
settings.endpoint_metrics = True
if template:
    settings.chat_template = template[0]
if kind == "embeddings":
    settings.embedding = True
    settings.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
server = xllamacpp.Server(settings)
print("ready", flush=True)
if stat.S_ISCHR(os.fstat(0).st_mode):
    signal.pause()
sys.stdin.read()
os._exit(0)
