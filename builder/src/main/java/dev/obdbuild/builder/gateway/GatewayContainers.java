package dev.obdbuild.builder.gateway;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.InvalidGraphException;
import dev.obdbuild.llb.Op;
import dev.obdbuild.protos.gateway.NewContainerRequest;
import dev.obdbuild.protos.pb.Mount;
import dev.obdbuild.worker.ContainerRequest;
import dev.obdbuild.worker.GatewayContainer;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The containers that the driver of one build has asked for, by the ids that it gave them.
 * Thread-safe. Closing it closes all of them; none is made afterwards.
 */
final class GatewayContainers implements AutoCloseable {

  private static final int MOST = 100;

  private final Build build;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, GatewayContainer> open = new HashMap<>();
  private boolean closed;

  GatewayContainers(Build build) {
    this.build = build;
  }

  /**
   * Makes a container; its refs are evaluated first.
   *
   * @throws StatusException when there is one of that id
   */
  void create(NewContainerRequest request) throws IOException, StatusException {
    List<Ref> inputs = new ArrayList<>();
    List<ExecMount> mounts = new ArrayList<>();
    for (Mount mount : request.getMountsList()) {
      mounts.add(mount(mount, inputs));
    }
    ContainerRequest wanted =
        new ContainerRequest(
            mounts,
            network(request),
            request.getHostname(),
            request.getExtraHostsList().stream()
                .map(host -> new ExecMeta.HostIp(host.getHost(), host.getIP()))
                .toList());
    GatewayContainer made = build.container(wanted, inputs);
    try {
      add(request.getContainerID(), made);
    } catch (IOException | StatusException | RuntimeException e) {
      try (made) {
        throw e;
      }
    }
  }

  private void add(String id, GatewayContainer container) throws IOException, StatusException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("container " + id + ": its build has ended");
      }
      if (open.size() == MOST) {
        throw Status.RESOURCE_EXHAUSTED
            .withDescription("a build may have " + MOST + " containers at a time")
            .asException();
      }
      if (open.putIfAbsent(id, container) != null) {
        throw Status.ALREADY_EXISTS
            .withDescription("Container " + id + " already exists")
            .asException();
      }
    } finally {
      lock.unlock();
    }
  }

  private ExecMount mount(Mount message, List<Ref> inputs) throws IOException {
    int input = Op.NONE;
    if (!message.getResultID().isEmpty()) {
      input = inputs.size();
      inputs.add(build.ref(message.getResultID()));
    }
    try {
      return ExecMount.fromProto(message.toBuilder().setInput(input).setOutput(Op.NONE).build());
    } catch (InvalidGraphException e) {
      throw new IllegalArgumentException("mount " + message.getDest() + ": " + e.getMessage(), e);
    }
  }

  private static ExecOp.NetworkMode network(NewContainerRequest request) {
    return switch (request.getNetwork()) {
      case UNSET -> ExecOp.NetworkMode.DEFAULT;
      case HOST -> ExecOp.NetworkMode.HOST;
      case NONE -> ExecOp.NetworkMode.NONE;
      case UNRECOGNIZED ->
          throw new IllegalArgumentException("unknown network mode " + request.getNetworkValue());
    };
  }

  /**
   * The container of an id.
   *
   * @throws StatusException when there is none
   */
  GatewayContainer get(String id) throws StatusException {
    lock.lock();
    try {
      GatewayContainer container = open.get(id);
      if (container == null) {
        throw Status.NOT_FOUND
            .withDescription("container \"" + id + "\" previously released or not created")
            .asException();
      }
      return container;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends a container, with all that runs in it.
   *
   * @throws StatusException when there is none of that id
   */
  void release(String id) throws IOException, StatusException {
    GatewayContainer released;
    lock.lock();
    try {
      released = get(id);
      open.remove(id, released);
    } finally {
      lock.unlock();
    }
    released.close();
  }

  @Override
  public void close() throws IOException {
    List<GatewayContainer> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(open.values());
      open.clear();
    } finally {
      lock.unlock();
    }
    IOException first = null;
    for (GatewayContainer container : all) {
      try {
        container.close();
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
