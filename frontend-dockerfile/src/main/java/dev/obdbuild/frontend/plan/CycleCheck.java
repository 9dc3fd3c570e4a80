package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds stages that copy from one another in a circle. Depth is the author's, so no recursion. */
final class CycleCheck {
  private final Collection<StageState> states;
  private final Map<StageState, Boolean> done = new IdentityHashMap<>();

  /**
   * @param via the instruction of the stage before it that led here
   */
  private record Visit(
      StageState state, Iterator<Map.Entry<StageState, Lines>> rest, Optional<Lines> via) {}

  CycleCheck(Collection<StageState> states) {
    this.states = states;
  }

  void run() throws DockerfileException {
    for (StageState start : states) {
      Deque<Visit> path = new ArrayDeque<>();
      enter(start, Optional.empty(), path);
      while (!path.isEmpty()) {
        Visit visit = path.element();
        if (!visit.rest.hasNext()) {
          done.put(visit.state, true);
          path.pop();
          continue;
        }
        Map.Entry<StageState, Lines> next = visit.rest.next();
        Boolean finished = done.get(next.getKey());
        if (finished == null) {
          enter(next.getKey(), Optional.of(next.getValue()), path);
        } else if (!finished) {
          throw new DockerfileException(
              "circular dependency detected on stage: " + start.displayName,
              steps(path, next.getValue()));
        }
      }
    }
  }

  /** The instructions that lead from the first stage around. */
  private static List<Lines> steps(Deque<Visit> path, Lines last) {
    List<Lines> steps = new ArrayList<>();
    path.descendingIterator().forEachRemaining(visit -> visit.via.ifPresent(steps::add));
    steps.add(last);
    return steps;
  }

  private void enter(StageState state, Optional<Lines> via, Deque<Visit> path) {
    if (done.putIfAbsent(state, false) == null) {
      path.push(new Visit(state, state.dependencies.entrySet().iterator(), via));
    }
  }
}
