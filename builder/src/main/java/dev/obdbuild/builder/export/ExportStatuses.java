package dev.obdbuild.builder.export;

import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.StatusProgress;

/** Shows the stages of an export as statuses of a build step. */
public record ExportStatuses(OpProgress progress) implements ExportStages {

  @Override
  public Stage begin(String name) {
    return begin(name, "");
  }

  @Override
  public Stage begin(String name, String action) {
    StatusProgress status = progress.status(name, action);
    status.update(0, 0);
    return new Stage() {
      @Override
      public void update(long current, long total) {
        status.update(current, total);
      }

      @Override
      public void close() {
        status.close();
      }
    };
  }
}
