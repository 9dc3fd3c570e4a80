def fizz(limit)
  (1..limit).map { |n| n % 15 == 0 ? 'FizzBuzz' : n % 5 == 0 ? 'Buzz' : n % 3 == 0 ? 'Fizz' : n }.join(' ')
end
