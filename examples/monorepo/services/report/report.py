import os
from money import euros

print(os.environ["TITLE"], euros(sum([1005, 995])))
