const DIGITS: [(u32, &str); 13] = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
];

fn roman(mut number: u32) -> String {
    let mut text = String::new();
    for (value, digit) in DIGITS {
        while number >= value {
            text.push_str(digit);
            number -= value;
        }
    }
    text
}

fn main() {
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(number) => println!("{}", roman(number)),
            Err(error) => {
                eprintln!("{argument}: {error}");
                std::process::exit(1);
            }
        }
    }
}

#[test]
fn knows_subtraction() {
    assert_eq!(roman(1994), "MCMXCIV");
}
