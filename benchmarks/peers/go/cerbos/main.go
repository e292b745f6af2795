// Cerbos as a benchmark peer: the gdrive workload, decided by a Cerbos server of its own.
//
// Cerbos keeps policies and no entities: the attributes of principal and resource travel with every request, the folders
// and shares that a document lies in closed beforehand. The server is a child process and listens on a Unix socket; one
// connection is kept open. The timed region is the whole call, as an application makes it: a body that was marshalled
// before is posted to /api/check/resources, the answer read and decoded.
package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"quis.example/peers/harness"
)

// Where peers.toml has the server installed, seen from this program.
const serverProgram = "cerbos-server/node_modules/@cerbos/cerbos-linux-x64/cerbos-linux-x64"

const (
	host      = "http://cerbos" // a name for the socket
	startTime = 30 * time.Second
	allow     = "EFFECT_ALLOW"
)

//go:embed policies
var policies embed.FS

type attributes struct {
	View           harness.Reference   `json:"documentsAndFoldersWithViewAccess"`
	OwnedDocuments []harness.Reference `json:"ownedDocuments"`
	OwnedFolders   []harness.Reference `json:"ownedFolders"`
	IsPublic       bool                `json:"isPublic"`
}

type object map[string]any

type system struct {
	folder   string
	server   *exec.Cmd
	client   http.Client
	requests [][]byte
}

func load(subject harness.Case) (harness.System, error) {
	entities := map[harness.UID]harness.Entity{}
	for _, entity := range subject.Entities {
		entities[entity.UID.Entity] = entity
	}
	var loaded system
	for _, request := range subject.Requests {
		body, err := checkResources(request, entities)
		if err != nil {
			return nil, err
		}
		loaded.requests = append(loaded.requests, body)
	}
	if err := loaded.start(); err != nil {
		loaded.Close()
		return nil, err
	}
	return &loaded, nil
}

// The body of a request to /api/check/resources.
func checkResources(request harness.Request, entities map[harness.UID]harness.Entity) ([]byte, error) {
	var user, resource attributes
	if err := json.Unmarshal(entities[request.Principal].Attrs, &user); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(entities[request.Resource].Attrs, &resource); err != nil {
		return nil, err
	}
	within := map[harness.UID]bool{}
	climb(request.Resource, entities, within)
	names := []string{}
	for uid := range within {
		names = append(names, uid.String())
	}
	return json.Marshal(object{
		"principal": object{"id": request.Principal.String(), "roles": []string{"user"}, "attr": object{
			"view":           user.View.Entity.String(),
			"ownedDocuments": texts(user.OwnedDocuments),
			"ownedFolders":   texts(user.OwnedFolders),
		}},
		"resources": []object{{"actions": []string{request.Action.ID}, "resource": object{
			"kind": request.Resource.Type,
			"id":   request.Resource.String(),
			"attr": object{"isPublic": resource.IsPublic, "within": names},
		}}},
	})
}

func climb(from harness.UID, entities map[harness.UID]harness.Entity, found map[harness.UID]bool) {
	if !found[from] {
		found[from] = true
		for _, parent := range entities[from].Parents {
			climb(parent.Entity, entities, found)
		}
	}
}

func texts(references []harness.Reference) []string {
	all := []string{}
	for _, reference := range references {
		all = append(all, reference.Entity.String())
	}
	return all
}

// Starts the server in a folder of its own and waits until it answers.
func (s *system) start() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if s.folder, err = os.MkdirTemp("", "cerbos-peer"); err != nil {
		return err
	}
	if err := os.CopyFS(s.folder, policies); err != nil {
		return err
	}
	socket := filepath.Join(s.folder, "http.sock")
	s.server = exec.Command(filepath.Join(filepath.Dir(program), serverProgram), "server", "--log-level=error",
		"--set=server.httpListenAddr=unix:"+socket,
		"--set=server.grpcListenAddr=unix:"+filepath.Join(s.folder, "grpc.sock"),
		"--set=storage.driver=disk",
		"--set=storage.disk.directory="+filepath.Join(s.folder, "policies"),
		"--set=telemetry.disabled=true")
	var said bytes.Buffer
	s.server.Stdout, s.server.Stderr = &said, &said
	s.server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.server.Start(); err != nil {
		return err
	}
	s.client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if answer, err := s.client.Get(host + "/_cerbos/health"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	s.stop()
	return fmt.Errorf("the Cerbos server does not answer: %s", said.String())
}

func (s *system) Decide(request int) (bool, error) {
	answer, err := s.client.Post(host+"/api/check/resources", "application/json", bytes.NewReader(s.requests[request]))
	if err != nil {
		return false, err
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return false, err
	}
	if answer.StatusCode != http.StatusOK {
		return false, fmt.Errorf("%s: %s", answer.Status, text)
	}
	var body struct {
		Results []struct {
			Actions map[string]string `json:"actions"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &body); err != nil {
		return false, err
	}
	if len(body.Results) != 1 || len(body.Results[0].Actions) != 1 {
		return false, errors.New("the answer is not about one action")
	}
	for _, effect := range body.Results[0].Actions {
		return effect == allow, nil
	}
	return false, nil
}

func (s *system) stop() {
	if s.server != nil && s.server.Process != nil {
		_ = s.server.Process.Kill()
		_ = s.server.Wait()
		s.server = nil
	}
}

func (s *system) Close() {
	s.stop()
	if s.folder != "" {
		os.RemoveAll(s.folder)
	}
}

func main() { harness.Main(load) }
