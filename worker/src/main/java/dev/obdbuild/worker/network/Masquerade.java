package dev.obdbuild.worker.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The packet filter's rules for a bridge: what leaves it for elsewhere goes out under the host's
 * own address. By nftables in a table of our own, or else by iptables.
 */
final class Masquerade {

  private Masquerade() {}

  /**
   * One rule.
   *
   * @param make the command that sets it up
   * @param input what that command reads
   * @param undo the command that takes it back
   */
  record Rule(List<String> make, String input, List<String> undo) {

    void apply() throws IOException {
      Tool.run(make, input, Map.of()).check(make);
    }

    void remove() throws IOException {
      Tool.run(undo, "", Map.of()).check(undo);
    }
  }

  /**
   * The rules that are needed here, in the order in which they are made.
   *
   * @throws IOException when neither program is there
   */
  static List<Rule> rules(String bridge, Subnet subnet) throws IOException {
    List<Rule> rules = new ArrayList<>();
    Optional<Path> nft = Tool.onPath("nft");
    Optional<Path> iptables = Tool.onPath("iptables");
    if (nft.isPresent()) {
      String table = "add table ip " + bridge + "\n";
      String chain =
          "add chain ip " + bridge + " out { type nat hook postrouting priority 100; }\n";
      String rule =
          "add rule ip "
              + bridge
              + " out ip saddr "
              + subnet
              + " oifname != \""
              + bridge
              + "\" masquerade\n";
      rules.add(
          new Rule(
              List.of(nft.get().toString(), "-f", "-"),
              table + chain + rule,
              List.of(nft.get().toString(), "delete", "table", "ip", bridge)));
    } else if (iptables.isPresent()) {
      rules.add(
          legacy(
              iptables.get(),
              List.of("-t", "nat"),
              "POSTROUTING",
              List.of("-s", subnet.toString(), "!", "-o", bridge, "-j", "MASQUERADE")));
    } else {
      throw new IOException(
          "the bridge network needs nft or iptables on this host; neither is installed");
    }
    if (iptables.isPresent() && dropsForwarded(iptables.get())) {
      rules.add(
          legacy(iptables.get(), List.of(), "FORWARD", List.of("-i", bridge, "-j", "ACCEPT")));
      rules.add(
          legacy(iptables.get(), List.of(), "FORWARD", List.of("-o", bridge, "-j", "ACCEPT")));
    }
    return rules;
  }

  /** Docker's daemon, for one, has the host drop what it forwards unless a rule allows it. */
  private static boolean dropsForwarded(Path iptables) throws IOException {
    List<String> command = List.of(iptables.toString(), "-w", "-S", "FORWARD");
    return Tool.run(command, "", Map.of()).out().startsWith("-P FORWARD DROP");
  }

  private static Rule legacy(Path iptables, List<String> table, String chain, List<String> rule) {
    return new Rule(
        command(iptables, table, "-I", chain, rule),
        "",
        command(iptables, table, "-D", chain, rule));
  }

  private static List<String> command(
      Path iptables, List<String> table, String verb, String chain, List<String> rule) {
    List<String> out = new ArrayList<>(List.of(iptables.toString(), "-w"));
    out.addAll(table);
    out.addAll(List.of(verb, chain));
    out.addAll(rule);
    return out;
  }
}
