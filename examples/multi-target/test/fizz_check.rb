require 'fizz'
abort 'fizz(5)' unless fizz(5) == '1 2 Fizz 4 Buzz'
puts 'all tests passed'
