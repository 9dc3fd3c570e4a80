// Command kube answers as much of the Kubernetes API as buildx's kubernetes driver asks for. Its pods are containers of a
// Docker engine: what the driver's Deployment says of image, arguments, environment, privilege, files and probes is carried
// out by the docker program, and exec streams come over SPDY as a kubelet's do.
//
//	kube KUBECONFIG NETWORK    writes the kubeconfig, then serves until it is ended
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

const config = `apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test, namespace: default}}]
clusters: [{name: test, cluster: {server: "http://%s"}}]
users: [{name: test, user: {}}]
`

type cluster struct {
	folder, network string
	decoder         runtime.Decoder

	mutex       sync.Mutex
	deployments map[string]*appsv1.Deployment
	files       map[string]map[string]string
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: kube KUBECONFIG NETWORK")
	}
	scheme := runtime.NewScheme()
	must(appsv1.AddToScheme(scheme))
	must(corev1.AddToScheme(scheme))
	c := &cluster{
		folder:      filepath.Dir(os.Args[1]),
		network:     os.Args[2],
		decoder:     serializer.NewCodecFactory(scheme).UniversalDeserializer(),
		deployments: map[string]*appsv1.Deployment{},
		files:       map[string]map[string]string{},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	must(os.WriteFile(os.Args[1]+".part", fmt.Appendf(nil, config, listener.Addr()), 0o600))
	must(os.Rename(os.Args[1]+".part", os.Args[1]))
	const apps, core = "/apis/apps/v1/namespaces/default/", "/api/v1/namespaces/default/"
	http.HandleFunc("GET "+apps+"deployments/{name}", c.deployment)
	http.HandleFunc("POST "+apps+"deployments", c.deploy)
	http.HandleFunc("DELETE "+apps+"deployments/{name}", c.remove)
	http.HandleFunc("POST "+core+"configmaps", c.keep)
	http.HandleFunc("DELETE "+core+"configmaps/{name}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, &metav1.Status{TypeMeta: kind("v1", "Status"), Status: metav1.StatusSuccess})
	})
	http.HandleFunc("GET "+core+"pods", c.pods)
	http.HandleFunc("POST "+core+"pods/{name}/exec", c.exec)
	log.Fatal(http.Serve(listener, nil))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func kind(version, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: version, Kind: kind}
}

func answer(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

func fail(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	answer(w, code, &metav1.Status{
		TypeMeta: kind("v1", "Status"), Status: metav1.StatusFailure, Reason: reason, Code: int32(code), Message: message,
	})
}

func (c *cluster) read(w http.ResponseWriter, r *http.Request) runtime.Object {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		var value runtime.Object
		if value, _, err = c.decoder.Decode(body, nil, nil); err == nil {
			return value
		}
	}
	fail(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
	return nil
}

func (c *cluster) keep(w http.ResponseWriter, r *http.Request) {
	if files, ok := c.read(w, r).(*corev1.ConfigMap); ok {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.files[files.Name] = files.Data
		files.TypeMeta = kind("v1", "ConfigMap")
		answer(w, http.StatusCreated, files)
	}
}

func (c *cluster) deploy(w http.ResponseWriter, r *http.Request) {
	deployment, ok := c.read(w, r).(*appsv1.Deployment)
	if !ok {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := c.run(deployment.Name, &deployment.Spec.Template.Spec); err != nil {
		fail(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, err.Error())
		return
	}
	deployment.TypeMeta = kind("apps/v1", "Deployment")
	c.deployments[deployment.Name] = deployment
	answer(w, http.StatusCreated, deployment)
}

// run starts the one container of a pod.
func (c *cluster) run(name string, pod *corev1.PodSpec) error {
	container := pod.Containers[0]
	arguments := []string{"run", "--detach", "--name", name, "--network", c.network, "--no-healthcheck"}
	if security := container.SecurityContext; security != nil && security.Privileged != nil && *security.Privileged {
		arguments = append(arguments, "--privileged")
	}
	for _, variable := range container.Env {
		arguments = append(arguments, "--env", variable.Name+"="+variable.Value)
	}
	volumes := map[string]string{}
	for _, volume := range pod.Volumes {
		if volume.ConfigMap == nil {
			return fmt.Errorf("volume %s: only config maps are known", volume.Name)
		}
		folder := filepath.Join(c.folder, name+"-"+volume.Name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		for file, text := range c.files[volume.ConfigMap.Name] {
			if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o644); err != nil {
				return err
			}
		}
		volumes[volume.Name] = folder
	}
	for _, mount := range container.VolumeMounts {
		arguments = append(arguments, "--volume", volumes[mount.Name]+":"+mount.MountPath+":ro")
	}
	return docker(append(append(arguments, container.Image), container.Args...)...)
}

func docker(arguments ...string) error {
	if printed, err := exec.Command("docker", arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("docker %v: %w: %s", arguments, err, printed)
	}
	return nil
}

// deployment is ready when the pod's readiness and liveness probes succeed.
func (c *cluster) deployment(w http.ResponseWriter, r *http.Request) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	deployment := c.deployments[r.PathValue("name")]
	if deployment == nil {
		fail(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no such deployment")
		return
	}
	container := deployment.Spec.Template.Spec.Containers[0]
	deployment.Status.ReadyReplicas = 1
	for _, probe := range []*corev1.Probe{container.ReadinessProbe, container.LivenessProbe} {
		if err := docker(append([]string{"exec", deployment.Name}, probe.Exec.Command...)...); err != nil {
			log.Print(err)
			deployment.Status.ReadyReplicas = 0
		}
	}
	answer(w, http.StatusOK, deployment)
}

func (c *cluster) remove(w http.ResponseWriter, r *http.Request) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	name := r.PathValue("name")
	delete(c.deployments, name)
	if err := docker("rm", "--force", "--volumes", name); err != nil {
		fail(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, err.Error())
		return
	}
	answer(w, http.StatusOK, &metav1.Status{TypeMeta: kind("v1", "Status"), Status: metav1.StatusSuccess})
}

func (c *cluster) pods(w http.ResponseWriter, _ *http.Request) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	list := &corev1.PodList{TypeMeta: kind("v1", "PodList")}
	for name, deployment := range c.deployments {
		list.Items = append(list.Items, corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: deployment.Spec.Template.Labels},
			Spec:       deployment.Spec.Template.Spec,
			Status:     corev1.PodStatus{Phase: corev1.PodRunning},
		})
	}
	answer(w, http.StatusOK, list)
}

// exec joins the streams of version 4 of the protocol with those of docker exec.
func (c *cluster) exec(w http.ResponseWriter, r *http.Request) {
	if _, err := httpstream.Handshake(r, w, []string{"v4.channel.k8s.io"}); err != nil {
		log.Print(err)
		return
	}
	opened := make(chan httpstream.Stream, 4)
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, _ <-chan struct{}) error {
		opened <- stream
		return nil
	})
	if connection == nil {
		return
	}
	defer connection.Close()
	streams := map[string]httpstream.Stream{}
	for len(streams) < 4 {
		select {
		case stream := <-opened:
			streams[stream.Headers().Get(corev1.StreamType)] = stream
		case <-connection.CloseChan():
			return
		}
	}
	command := exec.Command("docker", append([]string{"exec", "--interactive", r.PathValue("name")}, r.URL.Query()["command"]...)...)
	command.Stdout, command.Stderr = streams[corev1.StreamTypeStdout], streams[corev1.StreamTypeStderr]
	stdin, err := command.StdinPipe()
	if err == nil {
		err = command.Start()
	}
	if err == nil {
		go func() {
			_, _ = io.Copy(stdin, streams[corev1.StreamTypeStdin])
			_ = stdin.Close()
		}()
		err = command.Wait()
	}
	status, _ := json.Marshal(ended(err))
	_, _ = io.Copy(streams[corev1.StreamTypeError], bytes.NewReader(status))
	for _, stream := range streams {
		_ = stream.Close()
	}
}

func ended(err error) metav1.Status {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return metav1.Status{Status: metav1.StatusSuccess}
	case errors.As(err, &exit):
		code := metav1.StatusCause{Type: "ExitCode", Message: strconv.Itoa(exit.ExitCode())}
		return metav1.Status{
			Status: metav1.StatusFailure, Reason: "NonZeroExitCode", Message: err.Error(),
			Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{code}},
		}
	default:
		return metav1.Status{Status: metav1.StatusFailure, Reason: metav1.StatusReasonInternalError, Message: err.Error()}
	}
}
