// The operations of PeerBench on Go, on one thread; tasks.py describes the input and output.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

// the size of a batch, which takes some milliseconds
var operations = map[string]struct {
	run func(n int)
	n   int
}{
	"spawn":    {spawn, 10000},
	"yield":    {yield, 10000},
	"future":   {future, 10000},
	"lock":     {lock, 100000},
	"queue1":   {func(n int) { queue(n, 1) }, 10000},
	"queue100": {func(n int) { queue(n, 100) }, 10000},
	"gather":   {gather, 100},
	"timeout":  {timeout, 10000},
	"wait_for": {waitFor, 10000},
	"timer":    {timer, 10000},
	"sleep":    {sleep, 10000},
	"cancel":   {cancel, 10000},
}

func spawn(n int) {
	for i := 0; i < n; i++ {
		done := make(chan struct{}, 1)
		go func() { done <- struct{}{} }()
		<-done
	}
}

func yield(n int) {
	done := make(chan struct{})
	side := func() {
		for i := 0; i < n/2; i++ {
			runtime.Gosched()
		}
	}
	go func() {
		side()
		close(done)
	}()
	side()
	<-done
}

func future(n int) {
	ping, pong := make(chan struct{}), make(chan struct{})
	go func() {
		for i := 0; i < n/2; i++ {
			<-pong
			ping <- struct{}{}
		}
	}()
	for i := 0; i < n/2; i++ {
		pong <- struct{}{}
		<-ping
	}
}

func lock(n int) {
	var free sync.Mutex
	for i := 0; i < n; i++ {
		free.Lock()
		free.Unlock()
	}
}

func queue(n, size int) {
	items := make(chan int, size)
	go func() {
		for i := 0; i < n; i++ {
			items <- i
		}
	}()
	for i := 0; i < n; i++ {
		<-items
	}
}

func gather(n int) {
	for i := 0; i < n; i++ {
		var all sync.WaitGroup
		all.Add(100)
		for j := 0; j < 100; j++ {
			go all.Done()
		}
		all.Wait()
	}
}

func timeout(n int) {
	for i := 0; i < n; i++ {
		_, cancel := context.WithTimeout(context.Background(), time.Minute)
		cancel()
	}
}

func waitFor(n int) {
	for i := 0; i < n; i++ {
		scope, cancel := context.WithTimeout(context.Background(), time.Minute)
		done := make(chan struct{}, 1)
		go func() { done <- struct{}{} }()
		select {
		case <-done:
		case <-scope.Done():
		}
		cancel()
	}
}

func timer(n int) {
	for i := 0; i < n; i++ {
		time.AfterFunc(time.Minute, func() {}).Stop()
	}
}

func sleep(n int) {
	var all sync.WaitGroup
	all.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			time.Sleep(100 * time.Microsecond)
			all.Done()
		}()
	}
	all.Wait()
}

func cancel(n int) {
	var started, ended sync.WaitGroup
	started.Add(n)
	ended.Add(n)
	stop := make(chan struct{})
	for i := 0; i < n; i++ {
		go func() {
			sleep := time.NewTimer(time.Hour)
			started.Done()
			select {
			case <-sleep.C:
			case <-stop:
				sleep.Stop()
			}
			ended.Done()
		}()
	}
	started.Wait()
	close(stop)
	ended.Wait()
}

func main() {
	runtime.GOMAXPROCS(1)
	fmt.Println("Go " + runtime.Version()[2:])
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var name string
		var millis int64
		fmt.Sscan(lines.Text(), &name, &millis)
		operation, known := operations[name]
		if !known {
			fmt.Println("-")
			continue
		}
		count := 0
		start := time.Now()
		for time.Since(start).Milliseconds() < millis {
			operation.run(operation.n)
			count += operation.n
		}
		fmt.Println(count, time.Since(start).Nanoseconds())
	}
}
