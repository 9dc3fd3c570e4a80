package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Flags.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** COPY and ADD. */
final class TransferParser {
  private static final Map<String, Kind> COPY =
      Map.of(
          "chown", Kind.STRING,
          "chmod", Kind.STRING,
          "link", Kind.BOOL,
          "exclude", Kind.STRINGS,
          "from", Kind.STRING,
          "parents", Kind.BOOL);
  private static final Map<String, Kind> ADD =
      Map.of(
          "chown", Kind.STRING,
          "chmod", Kind.STRING,
          "link", Kind.BOOL,
          "exclude", Kind.STRINGS,
          "keep-git-dir", Kind.BOOL,
          "checksum", Kind.STRING,
          "unpack", Kind.BOOL);

  private TransferParser() {}

  static Instruction copy(Node node, List<Heredoc> heredocs, Origin origin)
      throws DockerfileException {
    needsDestination(node, "COPY");
    Flags flags = new Flags(node.flags(), COPY);
    return new Instruction.Copy(
        origin,
        transfer(node, heredocs, flags, "COPY"),
        flags.string("from"),
        flags.bool("parents"));
  }

  static Instruction add(Node node, List<Heredoc> heredocs, Origin origin)
      throws DockerfileException {
    needsDestination(node, "ADD");
    Flags flags = new Flags(node.flags(), ADD);
    return new Instruction.Add(
        origin,
        transfer(node, heredocs, flags, "ADD"),
        flags.optionalBool("keep-git-dir"),
        flags.string("checksum"),
        flags.optionalBool("unpack"));
  }

  private static void needsDestination(Node node, String keyword) throws DockerfileException {
    if (node.args().size() < 2) {
      throw new DockerfileException(
          keyword
              + " requires at least two arguments, but only one was provided."
              + " Destination could not be determined");
    }
  }

  private static Instruction.Transfer transfer(
      Node node, List<Heredoc> heredocs, Flags flags, String keyword) throws DockerfileException {
    List<String> args = node.values();
    String destination = args.getLast();
    if (!node.json() && Heredoc.announcedBy(destination).isPresent()) {
      throw new DockerfileException(keyword + " cannot accept a heredoc as a destination");
    }
    List<String> sources = new ArrayList<>();
    List<Heredoc> documents = new ArrayList<>();
    for (String source : args.subList(0, args.size() - 1)) {
      Optional<Heredoc> announced = node.json() ? Optional.empty() : Heredoc.announcedBy(source);
      if (announced.isEmpty()) {
        sources.add(source);
      } else {
        documents.add(filled(announced.get(), heredocs));
      }
    }
    return new Instruction.Transfer(
        sources,
        documents,
        destination,
        flags.string("chown"),
        flags.string("chmod"),
        flags.bool("link"),
        flags.strings("exclude"));
  }

  /** Of two documents with one name the later one's content counts, as in BuildKit. */
  private static Heredoc filled(Heredoc announced, List<Heredoc> heredocs) {
    Heredoc found = announced;
    for (Heredoc heredoc : heredocs) {
      if (heredoc.name().equals(announced.name())) {
        found = announced.withContent(heredoc.content());
      }
    }
    return found;
  }
}
