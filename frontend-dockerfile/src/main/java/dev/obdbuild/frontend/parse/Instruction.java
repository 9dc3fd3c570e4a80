package dev.obdbuild.frontend.parse;

import dev.obdbuild.oci.image.Healthcheck;
import java.util.List;
import java.util.Optional;

/** An instruction of a stage, understood but not expanded. */
public sealed interface Instruction {
  Origin origin();

  /** A name with its value; {@code legacy} if no equals sign stood between them. */
  record Pair(String key, String value, boolean legacy) {}

  /** A build argument; without a default the value comes from outside or not at all. */
  record Argument(String name, Optional<String> value) {}

  record Arg(Origin origin, List<Argument> arguments) implements Instruction {
    public Arg {
      arguments = List.copyOf(arguments);
    }
  }

  record Env(Origin origin, List<Pair> pairs) implements Instruction {
    public Env {
      pairs = List.copyOf(pairs);
    }
  }

  record Label(Origin origin, List<Pair> pairs) implements Instruction {
    public Label {
      pairs = List.copyOf(pairs);
    }
  }

  /**
   * @param mounts the texts of {@code --mount}, which are expanded before they are understood
   */
  record Run(
      Origin origin,
      CommandLine command,
      List<String> mounts,
      Network network,
      Security security,
      List<DeviceSpec> devices)
      implements Instruction {
    public Run {
      mounts = List.copyOf(mounts);
      devices = List.copyOf(devices);
    }
  }

  /** {@code RUN --network}. */
  enum Network {
    DEFAULT,
    NONE,
    HOST
  }

  /** {@code RUN --security}. */
  enum Security {
    SANDBOX,
    INSECURE
  }

  record Cmd(Origin origin, CommandLine command) implements Instruction {}

  record Entrypoint(Origin origin, CommandLine command) implements Instruction {}

  /**
   * What COPY and ADD have in common. Flags that were not given are empty.
   *
   * @param documents sources that are inline files, after {@code sources} in the order of copying
   */
  record Transfer(
      List<String> sources,
      List<Heredoc> documents,
      String destination,
      String chown,
      String chmod,
      boolean link,
      List<String> excludes) {
    public Transfer {
      sources = List.copyOf(sources);
      documents = List.copyOf(documents);
      excludes = List.copyOf(excludes);
    }
  }

  /** {@code from} is empty for the build context. */
  record Copy(Origin origin, Transfer transfer, String from, boolean parents)
      implements Instruction {}

  record Add(
      Origin origin,
      Transfer transfer,
      Optional<Boolean> keepGitDir,
      String checksum,
      Optional<Boolean> unpack)
      implements Instruction {}

  record Expose(Origin origin, List<String> ports) implements Instruction {
    public Expose {
      ports = List.copyOf(ports);
    }
  }

  record Volume(Origin origin, List<String> paths) implements Instruction {
    public Volume {
      paths = List.copyOf(paths);
    }
  }

  record User(Origin origin, String user) implements Instruction {}

  record Workdir(Origin origin, String path) implements Instruction {}

  record StopSignal(Origin origin, String signal) implements Instruction {}

  record Health(Origin origin, Healthcheck check) implements Instruction {}

  record Shell(Origin origin, List<String> words) implements Instruction {
    public Shell {
      words = List.copyOf(words);
    }
  }

  record Maintainer(Origin origin, String name) implements Instruction {}

  /** {@code trigger} is an instruction with the documents that follow it. */
  record Onbuild(Origin origin, String trigger) implements Instruction {}
}
