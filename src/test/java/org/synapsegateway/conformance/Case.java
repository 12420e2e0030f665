// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.util.List;
import java.util.function.Consumer;

/**
 * One case: a conversation between a client, the proxy and the workers, step by step.
 *
 * @param group the file it stands in, without its ending
 * @param name what it shows
 * @param source the RFC section it follows from, or the test of another project that inspired it
 * @param level how binding it is
 * @param line the line of the file where it begins
 * @param stage how the workers are found at the beginning
 * @param requests how many requests the workers are to get
 * @param unfinished whether a part of a further request may reach a worker, though never a whole
 *     one
 * @param verbatim whether the order and case of fields must survive, and not only their meaning
 * @param clientBytes all that the client sends
 * @param workerBytes all that the workers send
 * @param steps what is done and expected
 */
record Case(
    String group,
    String name,
    String source,
    Level level,
    int line,
    Stage.Opening stage,
    int requests,
    boolean unfinished,
    boolean verbatim,
    String clientBytes,
    String workerBytes,
    List<Step> steps) {

  /** One step, with its place for the report of a failure. */
  record Step(int line, String text, Action action) {}

  /** What a step does. */
  @FunctionalInterface
  interface Action {
    void on(Scene scene) throws Exception;
  }

  /** Whether it is one of HTTP/2, whose client may speak HTTP/1.1 over TLS too. */
  boolean isOfHttp2() {
    return group.startsWith("http2/");
  }

  /** Runs the case; returns null if it passes, and otherwise what went wrong where. */
  String run(ProxyUnderTest proxy, Stage stage) {
    return run(proxy, stage, outcome -> {});
  }

  /**
   * The same.
   *
   * @param outcomes takes what an HTTP/2 client got in the end, if there was one
   */
  String run(ProxyUnderTest proxy, Stage stage, Consumer<String> outcomes) {
    try (Scene scene = new Scene(this, proxy, stage)) {
      String failure = play(scene);
      scene.tell(outcomes);
      String aftermath = scene.finish();
      return failure != null ? failure : aftermath;
    } catch (Exception e) {
      return place(line) + e;
    }
  }

  private String play(Scene scene) {
    for (Step step : steps) {
      try {
        step.action().on(scene);
      } catch (Exception | AssertionError e) {
        String what = e instanceof AssertionError ? e.getMessage() : e.toString();
        return place(step.line()) + step.text() + ": " + what;
      }
    }
    return null;
  }

  private String place(int at) {
    return group + ".txt:" + at + " ";
  }
}
