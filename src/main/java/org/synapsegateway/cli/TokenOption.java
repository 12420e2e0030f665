// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.Configuration;
import org.synapsegateway.config.TokenFile;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.settings.Setting;
import picocli.CommandLine.Option;

/** The token of a command that changes something: by default that of the gateway's own file. */
final class TokenOption {
  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "file with the management token, where management.token-file is another one, as that of a"
              + " gateway elsewhere")
  private @Nullable Path file;

  /**
   * Reads the token. Whose file cannot be read may ask all the same: the gateway tells where it is.
   *
   * @throws IOException if a file was named, and cannot be read
   */
  Token read() throws IOException {
    if (file != null) {
      return named(file);
    }
    Setting setting = Setting.MANAGEMENT_TOKEN_FILE;
    String own = Configuration.given(setting.key()).orElse(setting.defaultValue()).trim();
    try {
      return new Token(TokenFile.read(Path.of(own).toAbsolutePath()), null);
    } catch (IOException e) {
      return new Token(null, Reason.of(e));
    }
  }

  private static Token named(Path file) throws IOException {
    try {
      return new Token(TokenFile.read(Callers.file(file)), null);
    } catch (IOException e) {
      throw new FaultyAnswer(Fault.of(Code.TOKEN_FILE, "--token-file", Reason.of(e)), e);
    }
  }

  /**
   * What the file has.
   *
   * @param text null if it cannot be read
   * @param fault why it cannot; null if it can
   */
  record Token(@Nullable String text, @Nullable String fault) {}
}
