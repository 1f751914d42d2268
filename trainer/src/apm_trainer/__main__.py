import sys

from apm_trainer.cli import main

sys.exit(main())
