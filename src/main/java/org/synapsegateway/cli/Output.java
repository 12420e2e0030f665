// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.management.Json;
import picocli.CommandLine.Option;

/** Prints the result of a command: as text for people, or as JSON for scripts. */
final class Output {
  static final String JSON = "--json";

  @Option(names = JSON, description = "print JSON")
  private boolean json;

  /**
   * Why a command has not done its work, as {@code check} has it too.
   *
   * @param errors one at least
   */
  private record Failed(List<Object> errors) {}

  /** A sentence of a running gateway, which gives no code. */
  private record Sentence(@Nullable String text) {}

  Output() {}

  /**
   * @param json whether it prints JSON
   */
  Output(boolean json) {
    this.json = json;
  }

  /** Prints the result, a record, a map or a list, or the same as text. */
  void print(Object value, Supplier<?> text) {
    System.out.print(json ? Json.of(value) : text.get());
  }

  /** Prints progress, for people only. */
  void progress(String text) {
    if (!json) {
      System.out.print(text);
    }
  }

  /** Prints what is wrong. */
  void fail(Fault fault) {
    fail(List.of(fault), fault.toString());
  }

  /** Prints several things that are wrong, a line each. */
  void fail(List<Fault> faults) {
    fail(faults, String.join("\n", faults.stream().map(Fault::toString).toList()));
  }

  /** Prints why files, routes or settings cannot be used. */
  void failToStart(RuntimeException error) {
    List<Fault> faults = StartupError.faults(error);
    fail(faults, ConfigurationException.summary(faults));
  }

  /** Prints what an exception says. */
  void fail(Exception error) {
    List<?> errors =
        error instanceof ConfigurationException configuration
            ? configuration.faults()
            : error instanceof FaultyAnswer answer
                ? List.of(answer.fault())
                : List.of(new Sentence(error.getMessage()));
    fail(errors, String.valueOf(error.getMessage()));
  }

  private void fail(List<?> errors, String text) {
    System.err.print(json ? Json.of(new Failed(List.copyOf(errors))) : text + "\n");
  }
}
