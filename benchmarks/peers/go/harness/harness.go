// Package harness is what the peers in Go share: they read a case, answer its requests and time decisions in the same way.
//
// The command line, the order of requests, the batches and the output are those of quis_peer.cpp; ../../../README.md
// describes them. A peer implements System and calls Main.
package harness

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	streamLength = 65_536
	batchTime    = 20 * time.Microsecond
	minBatches   = 5
	minAnswers   = 50
	answering    = 5 * time.Second
)

// System has loaded a case: its policies, its entities, and its requests in the form that it decides them in.
type System interface {
	// Decide answers one request; this is what is timed.
	Decide(request int) (allowed bool, err error)
	// Close releases what the system holds.
	Close()
}

// UID names an entity.
type UID struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func (uid UID) String() string { return uid.Type + "::" + uid.ID }

// Reference is a uid in an entities file, which wraps it into `__entity`.
type Reference struct {
	Entity UID `json:"__entity"`
}

// Entity is one of an entities file; which attributes it has, the peer knows.
type Entity struct {
	UID     Reference       `json:"uid"`
	Attrs   json.RawMessage `json:"attrs"`
	Parents []Reference     `json:"parents"`
}

// Request is one of a case.
type Request struct {
	Principal UID `json:"principal"`
	Action    UID `json:"action"`
	Resource  UID `json:"resource"`
}

// Case is what a system loads.
type Case struct {
	Entities []Entity
	Requests []Request
}

type answer struct {
	Decision string `json:"decision"`
}

type report struct {
	System   string   `json:"system"`
	Requests int      `json:"requests"`
	Answers  []answer `json:"answers"`
	LoadMS   float64  `json:"load_ms"`
	Batch    int      `json:"batch"`
	Batches  int      `json:"batches"`
	NSMedian float64  `json:"ns_median"`
	NSP99    float64  `json:"ns_p99"`
}

// Main does what the command line asks of the peer, and ends the program.
func Main(load func(Case) (System, error)) {
	if err := run(load); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(load func(Case) (System, error)) error {
	if len(os.Args) < 2 {
		return errors.New("usage: CASE.json --output FILE [--system NAME] [--seconds S] [--no-answers]")
	}
	flags := flag.NewFlagSet(os.Args[0], flag.ContinueOnError)
	name := flags.String("system", "", "name in the report")
	seconds := flags.Float64("seconds", 1, "how long to time decisions")
	output := flags.String("output", "", "where to write the report")
	noAnswers := flags.Bool("no-answers", false, "only time")
	if err := flags.Parse(os.Args[2:]); err != nil {
		return err
	}

	start := time.Now()
	subject, err := read(os.Args[1])
	if err != nil {
		return err
	}
	system, err := load(subject)
	if err != nil {
		return err
	}
	defer system.Close()
	result := report{System: *name, Requests: len(subject.Requests), Answers: []answer{}}
	result.LoadMS = time.Since(start).Seconds() * 1e3
	if !*noAnswers {
		if result.Answers, err = answers(system, len(subject.Requests)); err != nil {
			return err
		}
	}
	samples, batch, err := measure(system, len(subject.Requests), time.Duration(*seconds*float64(time.Second)))
	if err != nil {
		return err
	}
	result.Batch, result.Batches = batch, len(samples)
	result.NSMedian, result.NSP99 = quantile(samples, 0.5), quantile(samples, 0.99)
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return os.WriteFile(*output, text, 0o644)
}

func read(file string) (Case, error) {
	var names struct {
		Entities string    `json:"entities"`
		Requests []Request `json:"requests"`
	}
	if err := readJSON(file, &names); err != nil {
		return Case{}, err
	}
	result := Case{Requests: names.Requests}
	if len(result.Requests) == 0 {
		return Case{}, fmt.Errorf("the case `%s` has no requests", file)
	}
	path, err := above(file, names.Entities)
	if err != nil {
		return Case{}, err
	}
	return result, readJSON(path, &result.Entities)
}

func readJSON(file string, value any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, value)
}

// Paths in a case are relative to the nearest folder above it under which they exist.
func above(file, relative string) (string, error) {
	folder, err := filepath.Abs(file)
	for err == nil && folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
		if path := filepath.Join(folder, relative); exists(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("cannot find `%s` above %s", relative, file)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Every request once; the first fifty at least, and no more once five seconds have passed.
func answers(system System, requests int) ([]answer, error) {
	all := []answer{}
	for start := time.Now(); len(all) < requests; {
		if len(all) >= minAnswers && time.Since(start) >= answering {
			break
		}
		allowed, err := system.Decide(len(all))
		if err != nil {
			return nil, fmt.Errorf("request %d: %w", len(all), err)
		}
		decision := "deny"
		if allowed {
			decision = "allow"
		}
		all = append(all, answer{decision})
	}
	return all, nil
}

// SplitMix64, reduced to an index by multiplication; the same numbers as ../../../random.hpp.
func stream(requests int) []int {
	var state uint64 = 0x5155_4953 // "QUIS"
	order := make([]int, streamLength)
	for i := range order {
		state += 0x9e37_79b9_7f4a_7c15
		z := state
		z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9
		z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb
		z ^= z >> 31
		order[i] = int(((z >> 32) * uint64(requests)) >> 32)
	}
	return order
}

// Nanoseconds per decision of each batch, sorted, and the size of a batch.
func measure(system System, requests int, during time.Duration) ([]float64, int, error) {
	order := stream(requests)
	position := 0
	var failure error
	run := func(decisions int) float64 {
		start := time.Now()
		for range decisions {
			if _, err := system.Decide(order[position%streamLength]); err != nil {
				failure = err
			}
			position++
		}
		return float64(time.Since(start).Nanoseconds()) / float64(decisions)
	}
	// By the fastest batch: one that was interrupted says nothing about how long a decision takes.
	batch, fastest := 1, math.Inf(1)
	for start := time.Now(); math.IsInf(fastest, 1) || time.Since(start) < during/10; {
		fastest = min(fastest, run(batch))
		batch = max(1, int(math.Ceil(float64(batchTime.Nanoseconds())/fastest)))
	}
	var samples []float64
	for start := time.Now(); len(samples) < minBatches || time.Since(start) < during; {
		samples = append(samples, run(batch))
	}
	slices.Sort(samples)
	return samples, batch, failure
}

func quantile(sorted []float64, q float64) float64 {
	return sorted[int(math.Round(float64(len(sorted)-1)*q))]
}
