package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecOp;
import java.util.List;

/**
 * A process that a gateway's client asks for.
 *
 * @param args the command and its arguments; not empty
 * @param env {@code NAME=value} in order
 * @param cwd empty for {@code /}
 * @param user {@code user[:group]}, empty for root
 * @param terminal whether it has a terminal of its own
 * @param secretEnv variables whose values are secrets
 * @param security how far it is confined
 */
public record ProcessRequest(
    List<String> args,
    List<String> env,
    String cwd,
    String user,
    boolean terminal,
    List<ExecOp.SecretEnv> secretEnv,
    ExecOp.SecurityMode security) {

  public ProcessRequest {
    args = List.copyOf(args);
    env = List.copyOf(env);
    secretEnv = List.copyOf(secretEnv);
  }
}
