// Command corpus runs BuildKit's Dockerfile frontend on the cases of a file and writes what comes of
// each: the goldens of frontend-dockerfile's CorpusTest, whose CorpusCase tells the form of cases.
//
//	corpus run FILE.cases FILE.json   writes goldens; tells of cases with an answer that changes
//	corpus show FILE.cases [NAME]     prints graphs and configs
//
// SHARED is the folder that %from lines are read below.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/builder"
	"github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/pkg/errors"
	fstypes "github.com/tonistiigi/fsutil/types"
	"google.golang.org/protobuf/encoding/protojson"
)

type Case struct {
	Name    string
	Opts    map[string]string
	Session string
	Workers []string
	Files   map[string]map[string][]byte
	Images  map[string]string
	Meta    map[string]map[string]any
}

const busybox = `{"architecture":"amd64","os":"linux","created":"2023-05-19T20:19:25Z","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:0000000000000000000000000000000000000000000000000000000000000000"]},"history":[{"created":"2023-05-19T20:19:24Z","created_by":"/bin/sh -c #(nop) ADD file in / "},{"created":"2023-05-19T20:19:25Z","created_by":"/bin/sh -c #(nop)  CMD [\"sh\"]","empty_layer":true}]}`

func parseCases(file string) []*Case {
	f, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	var cases []*Case
	var cur *Case
	var tree, name string
	var body []string
	flush := func() {
		if tree != "" {
			put(cur, tree, name, []byte(strings.Join(body, "")))
		}
		tree, name, body = "", "", nil
	}
	for _, line := range strings.SplitAfter(string(f), "\n") {
		if !strings.HasPrefix(line, "%") {
			body = append(body, line)
			continue
		}
		flush()
		line = strings.TrimSuffix(line, "\n")
		key, val, _ := strings.Cut(line[1:], " ")
		switch key {
		case "%":
			cur = &Case{Name: val, Opts: map[string]string{}, Session: "s1", Workers: []string{"linux/amd64"}, Files: map[string]map[string][]byte{}, Images: map[string]string{"busybox": busybox}, Meta: map[string]map[string]any{}}
			cases = append(cases, cur)
		case "=", "+":
			n, text, _ := strings.Cut(val, " :: ")
			cur = &Case{Name: strings.TrimSuffix(n, " ::"), Opts: map[string]string{}, Session: "s1", Workers: []string{"linux/amd64"}, Files: map[string]map[string][]byte{}, Images: map[string]string{"busybox": busybox}, Meta: map[string]map[string]any{}}
			cases = append(cases, cur)
			text = strings.ReplaceAll(text, " ;; ", "\n") + "\n"
			if key == "+" {
				text = "FROM busybox\n" + text
			}
			if text != "\n" {
				put(cur, "local://dockerfile", "Dockerfile", []byte(text))
			}
		case "opt":
			k, v, _ := strings.Cut(val, "=")
			cur.Opts[k] = v
		case "session":
			cur.Session = val
		case "workers":
			cur.Workers = strings.Split(val, ",")
		case "image":
			k, v, _ := strings.Cut(val, " ")
			cur.Images[k] = v
		case "meta":
			k, v, _ := strings.Cut(val, " ")
			m := map[string]any{}
			if err := json.Unmarshal([]byte(v), &m); err != nil {
				panic(err)
			}
			cur.Meta[k] = m
		case "dockerfile":
			tree, name = "local://dockerfile", "Dockerfile"
		case "file":
			tree, name, _ = strings.Cut(val, " ")
		case "json":
			if !strings.Contains(strings.SplitN(val, " ", 2)[0], "://") {
				n, rest, _ := strings.Cut(val, " ")
				val = rest
				cur = &Case{Name: n, Opts: map[string]string{}, Session: "s1", Workers: []string{"linux/amd64"}, Files: map[string]map[string][]byte{}, Images: map[string]string{"busybox": busybox}, Meta: map[string]map[string]any{}}
				cases = append(cases, cur)
			}
			t, rest, _ := strings.Cut(val, " ")
			n, v, _ := strings.Cut(rest, " ")
			var s string
			if err := json.Unmarshal([]byte(v), &s); err != nil {
				panic(err)
			}
			put(cur, t, n, []byte(s))
		case "base64":
			t, rest, _ := strings.Cut(val, " ")
			n, v, _ := strings.Cut(rest, " ")
			b, err := base64.StdEncoding.DecodeString(v)
			if err != nil {
				panic(err)
			}
			put(cur, t, n, b)
		case "from":
			p := strings.SplitN(val, " ", 3)
			dt, err := os.ReadFile(filepath.Join(os.Getenv("SHARED"), p[2]))
			if err != nil {
				panic(err)
			}
			put(cur, p[0], p[1], dt)
		case "#":
		default:
			panic("unknown " + line)
		}
	}
	flush()
	return cases
}

func put(c *Case, tree, name string, data []byte) {
	if c.Files[tree] == nil {
		c.Files[tree] = map[string][]byte{}
	}
	c.Files[tree][name] = data
}

type Vertex struct {
	Name string `json:"name"`
	Said string `json:"said"`
	op   string
}

type Plan struct {
	Vertices map[string]string `json:"vertices"`
	Config   string            `json:"config,omitempty"`
	Base     string            `json:"base,omitempty"`
	Def      []byte            `json:"def,omitempty"`
}

type Result struct {
	Error    string            `json:"error,omitempty"`
	Lines    []string          `json:"lines,omitempty"`
	Plans    map[string]Plan   `json:"plans,omitempty"`
	Warnings []string          `json:"warnings,omitempty"`
	Asked    []string          `json:"asked,omitempty"`
	Read     []string          `json:"read,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

var mu sync.Mutex

type fake struct {
	c        *Case
	warnings []string
	asked    map[string]bool
	read     map[string]bool
}

type ref struct {
	f   *fake
	def *pb.Definition
}

func head(def *pb.Definition) (digest.Digest, *pb.Op, error) {
	if def == nil || len(def.Def) == 0 {
		return "", nil, errors.New("empty definition")
	}
	var last pb.Op
	if err := last.UnmarshalVT(def.Def[len(def.Def)-1]); err != nil {
		return "", nil, err
	}
	want := last.Inputs[0].Digest
	for _, dt := range def.Def {
		d := digest.FromBytes(dt)
		if string(d) == want {
			var op pb.Op
			return d, &op, op.UnmarshalVT(dt)
		}
	}
	return "", nil, errors.New("no head")
}

func (r *ref) ToState() (llb.State, error) {
	op, err := llb.NewDefinitionOp(r.def)
	if err != nil {
		return llb.State{}, err
	}
	return llb.NewState(op), nil
}
func (r *ref) Evaluate(ctx context.Context) error { return nil }
func (r *ref) ReadFile(ctx context.Context, req client.ReadRequest) ([]byte, error) {
	d, op, err := head(r.def)
	if err != nil {
		return nil, err
	}
	key := string(d)
	if s := op.GetSource(); s != nil {
		key = s.Identifier
	}
	if name := r.def.Metadata[string(d)].Description["llb.customname"]; name != "" {
		mu.Lock()
		r.f.read[name+" | "+d.Encoded()[:12]] = true
		mu.Unlock()
	}
	dt, ok := r.f.c.Files[key][req.Filename]
	if !ok {
		return nil, errors.Errorf("open %s: no such file or directory", req.Filename)
	}
	if req.Range != nil && req.Range.Length > 0 && len(dt) > req.Range.Length {
		dt = dt[:req.Range.Length]
	}
	return dt, nil
}
func (r *ref) StatFile(ctx context.Context, req client.StatRequest) (*fstypes.Stat, error) {
	return nil, errors.New("stat")
}
func (r *ref) ReadDir(ctx context.Context, req client.ReadDirRequest) ([]*fstypes.Stat, error) {
	return nil, errors.New("readdir")
}

func (f *fake) Solve(ctx context.Context, req client.SolveRequest) (*client.Result, error) {
	if req.Frontend != "" {
		return nil, errors.Errorf("forwarded to %s", req.FrontendOpt["source"])
	}
	res := client.NewResult()
	res.SetRef(&ref{f, req.Definition})
	return res, nil
}

func (f *fake) image(name string, p *ocispecs.Platform) (digest.Digest, []byte, bool) {
	for k, v := range f.c.Images {
		r, err := reference.ParseNormalizedNamed(k)
		if err != nil {
			panic(err)
		}
		if reference.TagNameOnly(r).String() == name {
			return digest.FromString(k), []byte(v), true
		}
	}
	return "", nil, false
}

func (f *fake) ResolveImageConfig(ctx context.Context, name string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	p := ""
	mode := ""
	if opt.ImageOpt != nil {
		mode = opt.ImageOpt.ResolveMode
		if opt.ImageOpt.Platform != nil {
			p = platforms.FormatAll(*opt.ImageOpt.Platform)
		}
	}
	if opt.OCILayoutOpt != nil {
		mode = opt.OCILayoutOpt.Store.StoreID + " of " + opt.OCILayoutOpt.Store.SessionID
		if opt.OCILayoutOpt.Platform != nil {
			p = platforms.FormatAll(*opt.OCILayoutOpt.Platform)
		}
	}
	mu.Lock()
	f.asked[opt.LogName+" | "+name+" | "+p+" | "+mode] = true
	mu.Unlock()
	d, dt, ok := f.image(name, nil)
	if !ok {
		return "", "", nil, errors.Errorf("failed to resolve source metadata for %s: not found", name)
	}
	return name, d, dt, nil
}

func (f *fake) ResolveSourceMetadata(ctx context.Context, op *pb.SourceOp, opt sourceresolver.Opt) (*sourceresolver.MetaResponse, error) {
	mu.Lock()
	f.asked[opt.LogName+" | "+op.Identifier] = true
	mu.Unlock()
	if strings.HasPrefix(op.Identifier, "docker-image://") {
		d, dt, ok := f.image(strings.TrimPrefix(op.Identifier, "docker-image://"), nil)
		if !ok {
			return nil, errors.Errorf("not found")
		}
		return &sourceresolver.MetaResponse{Op: op, Image: &sourceresolver.ResolveImageResponse{Digest: d, Config: dt}}, nil
	}
	m := f.c.Meta[op.Identifier]
	res := &sourceresolver.MetaResponse{Op: op}
	if strings.HasPrefix(op.Identifier, "git://") {
		res.Git = &sourceresolver.ResolveGitResponse{}
		if v, ok := m["committer"].(float64); ok {
			body := fmt.Sprintf("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\ncommitter A <a@b> %d +0200\n\nx\n", int64(v))
			res.Git.CommitObject = []byte(body)
		}
	} else if strings.HasPrefix(op.Identifier, "http") {
		res.HTTP = &sourceresolver.ResolveHTTPResponse{}
		if v, ok := m["modified"].(float64); ok {
			t := time.Unix(int64(v), 0).UTC()
			res.HTTP.LastModified = &t
		}
	}
	return res, nil
}

func (f *fake) BuildOpts() client.BuildOpts {
	var ps []ocispecs.Platform
	for _, w := range f.c.Workers {
		ps = append(ps, platforms.Normalize(platforms.MustParse(w)))
	}
	opts := map[string]string{}
	for k, v := range f.c.Opts {
		opts[k] = v
	}
	caps := pb.Caps.CapSet(pb.Caps.All())
	gw := gwpb.Caps.CapSet(gwpb.Caps.All())
	return client.BuildOpts{Opts: opts, SessionID: f.c.Session, Workers: []client.WorkerInfo{{ID: "w", Platforms: ps}}, LLBCaps: caps, Caps: gw}
}

func (f *fake) Inputs(ctx context.Context) (map[string]llb.State, error) {
	return map[string]llb.State{}, nil
}
func (f *fake) NewContainer(ctx context.Context, req client.NewContainerRequest) (client.Container, error) {
	return nil, errors.New("container")
}
func (f *fake) Warn(ctx context.Context, dgst digest.Digest, msg string, opts client.WarnOpts) error {
	detail := ""
	for _, d := range opts.Detail {
		detail += string(d)
	}
	f.warnings = append(f.warnings, fmt.Sprintf("%s | %s | %s | %s", msg, lines(opts.Range), opts.URL, detail))
	return nil
}

func lines(r []*pb.Range) string {
	if len(r) == 0 {
		return ""
	}
	var nums []int
	for _, x := range r {
		nums = append(nums, int(x.Start.Line), int(x.End.Line))
	}
	sort.Ints(nums)
	return fmt.Sprintf("%d-%d", nums[0], nums[len(nums)-1])
}

func describe(def *pb.Definition) map[string]Vertex {
	out := map[string]Vertex{}
	groups := map[string]int{}
	for i, dt := range def.Def {
		if i == len(def.Def)-1 {
			break
		}
		d := digest.FromBytes(dt)
		m := def.Metadata[string(d)]
		var parts []string
		name := ""
		var keys []string
		for k := range m.Description {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			if k == "llb.customname" {
				name = m.Description[k]
			} else {
				parts = append(parts, k+"="+m.Description[k])
			}
		}
		var caps []string
		for k, v := range m.Caps {
			if v {
				caps = append(caps, k)
			}
		}
		sort.Strings(caps)
		parts = append(parts, "caps="+strings.Join(caps, ","))
		if m.IgnoreCache {
			parts = append(parts, "nocache")
		}
		if g := m.ProgressGroup; g != nil {
			if _, ok := groups[g.Id]; !ok {
				groups[g.Id] = len(groups)
			}
			parts = append(parts, fmt.Sprintf("group=%s,%v", g.Name, g.Weak))
		}
		if l := m.LinuxResources; l != nil {
			parts = append(parts, fmt.Sprintf("resources=%d,%d", l.Memory, l.CpuQuota))
		}
		if def.Source != nil {
			if l := def.Source.Locations[string(d)]; l != nil {
				var ls []string
				for _, x := range l.Locations {
					ls = append(ls, lines(x.Ranges))
				}
				if len(ls) > 0 {
					parts = append(parts, "lines="+strings.Join(ls, ","))
				}
			}
		}
		var op pb.Op
		op.UnmarshalVT(dt)
		js, _ := protojson.Marshal(&op)
		var buf bytes.Buffer
		json.Compact(&buf, js)
		out[string(d)] = Vertex{Name: name, Said: strings.Join(parts, " | "), op: buf.String()}
	}
	return out
}

func run(c *Case) (r Result) {
	f := &fake{c: c, asked: map[string]bool{}, read: map[string]bool{}}
	defer func() {
		if p := recover(); p != nil {
			r.Error = fmt.Sprint("PANIC ", p)
		}
	}()
	res, err := builder.Build(context.Background(), f)
	r.Warnings = f.warnings
	for k := range f.asked {
		r.Asked = append(r.Asked, k)
	}
	sort.Strings(r.Asked)
	for k := range f.read {
		r.Read = append(r.Read, k)
	}
	sort.Strings(r.Read)
	if err != nil {
		r.Error = err.Error()
		for _, s := range errdefs.Sources(err) {
			r.Lines = append(r.Lines, lines(s.Ranges))
		}
		return r
	}
	r.Plans = map[string]Plan{}
	add := func(id string, re client.Reference, suffix string) {
		p := Plan{Vertices: map[string]string{}}
		if re != nil {
			def := re.(*ref).def
			for d, v := range describe(def) {
				p.Vertices[d] = v.Name + " | " + v.Said
			}
			p.Def, _ = def.MarshalVT()
		}
		if v, ok := res.Metadata["containerimage.config"+suffix]; ok {
			p.Config = string(v)
		}
		if v, ok := res.Metadata["containerimage.base.config"+suffix]; ok {
			p.Base = string(v)
		}
		if canon(p.Base) == canon(busybox) {
			p.Base = "busybox"
		}
		r.Plans[id] = p
	}
	for id, re := range res.Refs {
		add(id, re, "/"+id)
	}
	if res.Ref != nil {
		add("one", res.Ref, "")
	}
	for k, v := range res.Metadata {
		if strings.HasPrefix(k, "containerimage.") || k == "refs.platforms" {
			continue
		}
		if r.Metadata == nil {
			r.Metadata = map[string]string{}
		}
		r.Metadata[k] = string(v)
	}
	return r
}

func main() {
	switch os.Args[1] {
	case "run": // run cases out [full]
		full := len(os.Args) > 4
		out := map[string]Result{}
		for _, c := range parseCases(os.Args[2]) {
			r := run(c)
			a, _ := json.Marshal(strip(r))
			for i := 0; i < 4; i++ {
				b, _ := json.Marshal(strip(run(c)))
				if !bytes.Equal(a, b) {
					fmt.Fprintln(os.Stderr, "UNSTABLE", c.Name)
					fmt.Fprintln(os.Stderr, diffAt(string(a), string(b)))
					break
				}
			}
			if _, dup := out[c.Name]; dup {
				fmt.Fprintln(os.Stderr, "DUPLICATE", c.Name)
			}
			if strings.HasPrefix(r.Error, "PANIC") {
				fmt.Fprintln(os.Stderr, c.Name, r.Error)
			}
			if !full {
				r = strip(r)
			}
			out[c.Name] = r
		}
		fo, _ := os.Create(os.Args[3])
		w := bufio.NewWriter(fo)
		var names []string
		for n := range out {
			names = append(names, n)
		}
		sort.Strings(names)
		for i, n := range names {
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			enc.Encode(out[n])
			k, _ := json.Marshal(n)
			sep := ","
			if i == 0 {
				sep = "{"
			}
			fmt.Fprintf(w, "%s%s:%s", sep, k, b.String())
		}
		fmt.Fprintln(w, "}")
		w.Flush()
		fo.Close()
	case "show":
		for _, c := range parseCases(os.Args[2]) {
			if len(os.Args) > 3 && c.Name != os.Args[3] {
				continue
			}
			r := run(c)
			fmt.Println("==", c.Name, r.Error, r.Lines, r.Warnings)
			for id, p := range r.Plans {
				fmt.Println("--", id, p.Config)
				for d, v := range decode(p.Def) {
					fmt.Println(d[7:19], v.Name, "\n   ", v.Said, "\n   ", v.op)
				}
			}
		}
	}
}

func diffAt(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	s := max(0, i-60)
	return "  " + a[s:min(len(a), i+100)] + "\n  " + b[s:min(len(b), i+100)]
}

func strip(r Result) Result {
	if r.Plans != nil {
		p := map[string]Plan{}
		for k, v := range r.Plans {
			v.Def = nil
			p[k] = v
		}
		r.Plans = p
	}
	return r
}

func clean(v any) any {
	if m, ok := v.(map[string]any); ok {
		for k, x := range m {
			x = clean(x)
			if a, ok := x.([]any); x == nil || ok && len(a) == 0 {
				delete(m, k)
			} else {
				m[k] = x
			}
		}
	}
	return v
}

func canon(j string) string {
	if len(j) == 0 {
		return ""
	}
	var v any
	json.Unmarshal([]byte(j), &v)
	v = clean(v)
	b, _ := json.Marshal(v)
	return string(b)
}

func decode(dt []byte) map[string]Vertex {
	if len(dt) == 0 {
		return map[string]Vertex{}
	}
	def := &pb.Definition{}
	if err := def.UnmarshalVT(dt); err != nil {
		panic(err)
	}
	if len(def.Def) == 0 {
		return map[string]Vertex{}
	}
	return describe(def)
}
