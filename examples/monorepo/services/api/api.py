import json, os
from money import euros

print(json.dumps({"price": euros(1999), "uid": os.getuid(), "shared": sorted(os.listdir("/opt/shared"))}))
