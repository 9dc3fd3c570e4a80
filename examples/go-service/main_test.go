package main

import "testing"

func TestGreeting(t *testing.T) {
	if greeting("") != "hello, world" || greeting("a") != "hello, a" {
		t.Fail()
	}
}
