// A service that greets, and checks itself with --check.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

var version = "dev"

func greeting(name string) string {
	if name == "" {
		name = "world"
	}
	return "hello, " + name
}

func serve(listener net.Listener) error {
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, greeting(r.URL.Query().Get("name")))
	}))
}

func main() {
	address := ":8080"
	check := len(os.Args) > 1 && os.Args[1] == "--check"
	if check {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if !check {
		fmt.Fprintln(os.Stderr, serve(listener))
		os.Exit(1)
	}
	go serve(listener)
	answer, err := http.Get("http://" + listener.Addr().String() + "/?name=docker")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(answer.Body)
	fmt.Printf("%s as %d: %s", version, os.Getuid(), body)
}
