package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.remote.DaemonClient;
import dev.obdbuild.builder.remote.RemoteUsage;
import dev.obdbuild.builder.usage.PruneOrder;
import dev.obdbuild.builder.usage.UsageItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What takes space, here or at a daemon. */
sealed interface UsageOf {

  /** All of it. */
  List<UsageItem> list() throws IOException;

  /** Makes room and says what was removed. */
  List<UsageItem> prune(PruneOrder order) throws IOException;

  /** Of a state folder. */
  record Folder(HostOptions host) implements UsageOf {
    @Override
    public List<UsageItem> list() throws IOException {
      try (Engine engine = Session.open(host)) {
        return engine.usage().list();
      }
    }

    @Override
    public List<UsageItem> prune(PruneOrder order) throws IOException {
      List<UsageItem> removed = new ArrayList<>();
      try (Engine engine = Session.open(host)) {
        engine.usage().prune(order, removed::add);
      }
      return removed;
    }
  }

  /** Of a daemon. */
  record Daemon(DaemonBuilder daemon) implements UsageOf {
    @Override
    public List<UsageItem> list() throws IOException {
      try (DaemonClient client = daemon.connect()) {
        return new RemoteUsage(client).list();
      }
    }

    @Override
    public List<UsageItem> prune(PruneOrder order) throws IOException {
      List<UsageItem> removed = new ArrayList<>();
      try (DaemonClient client = daemon.connect()) {
        new RemoteUsage(client).prune(order, removed::add);
      }
      return removed;
    }
  }
}
