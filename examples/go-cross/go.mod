module example.org/arch

go 1.19
