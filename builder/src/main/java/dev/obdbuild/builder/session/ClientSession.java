package dev.obdbuild.builder.session;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.protos.exporter.FinalizeExportRequest;
import dev.obdbuild.protos.exporter.FindExportersRequest;
import dev.obdbuild.protos.exporter.FindExportersResponse;
import dev.obdbuild.protos.policysession.CheckPolicyRequest;
import dev.obdbuild.protos.policysession.CheckPolicyResponse;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.Secrets;
import dev.obdbuild.worker.SshAgents;
import dev.obdbuild.worker.source.local.LocalFiles;
import java.io.IOException;
import java.io.InputStream;

/**
 * What one client of a daemon lends its builds for as long as it stays connected. Thread-safe;
 * calls block and fail once the session has ended. Whatever comes through it is the client's own:
 * nothing of it goes into a log or a cache key unless it is a file of a build context.
 */
public interface ClientSession {

  /** The id that builds name it by. */
  String id();

  /** Comes when the client is gone or does not answer any more. */
  Cancellation ended();

  /** Whether the client serves a method, such as {@code /moby.filesync.v1.Auth/Credentials}. */
  boolean offers(String method);

  /** Its folders; those synchronised before are transferred as differences. */
  LocalFiles locals();

  /** Its logins to registries. */
  Credentials credentials();

  /** Its secrets. */
  Secrets secrets();

  /** Its SSH agents. */
  SshAgents ssh();

  /**
   * A store of blobs that it offers.
   *
   * @param store as in {@code buildkit-attachable-store-id}: {@code local:DIR}, {@code oci:NAME},
   *     {@code export}
   */
  ContentStore contents(String store);

  /** Where an exporter's output goes. */
  ClientOutput output(int exporter);

  /**
   * Asks its policy about a source.
   *
   * @throws IOException when it does not answer, or has none
   */
  CheckPolicyResponse checkPolicy(CheckPolicyRequest request) throws IOException;

  /**
   * Asks which exporters it wants for a result; none when it does not serve such questions.
   *
   * @throws IOException when it does not answer
   */
  FindExportersResponse findExporters(FindExportersRequest request) throws IOException;

  /**
   * Tells what exporters answered, if it wants to know.
   *
   * @throws IOException when it does not answer, or is not content
   */
  void finalizeExport(FinalizeExportRequest request) throws IOException;

  /**
   * What the client uploads under an id: its standard input as a context. To be closed.
   *
   * @param path as in {@code http://buildkit-session/PATH}
   */
  InputStream upload(String path) throws IOException;
}
