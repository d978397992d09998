import sys

from portal.starting.demonstration import main

sys.exit(main())
