#include <cstdlib>
#include <iostream>
#include <vector>

int main(int argc, char **argv) {
  const std::size_t limit = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
  std::vector<bool> composite(limit + 1);
  const char *space = "";
  for (std::size_t i = 2; i <= limit; i++) {
    if (composite[i]) continue;
    std::cout << space << i;
    space = " ";
    for (std::size_t j = i * i; j <= limit; j += i) composite[j] = true;
  }
  std::cout << '\n';
}
