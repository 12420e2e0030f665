// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
  @TempDir Path directory;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void itIsMadeOnceForItsUserOnly() throws Exception {
    Path file = directory.resolve("state/token");
    String token = TokenFile.make(file, "");
    assertThat(token).matches("[0-9a-f]{64}");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(TokenFile.make(file, "")).isEqualTo(token);
    assertThat(TokenFile.read(file)).isEqualTo(token);
    assertThat(TokenFile.make(directory.resolve("another"), "")).isNotEqualTo(token);
  }

  @Test
  void anEmptyFileGetsOne() throws Exception {
    Path file = Files.createFile(directory.resolve("token"));
    assertThat(TokenFile.make(file, "")).hasSize(64);
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void theGroupMayReadItIfItIsTold() throws Exception {
    Path file = directory.resolve("token");
    String group = Files.readAttributes(directory, PosixFileAttributes.class).group().getName();
    TokenFile.make(file, group);
    assertThat(mode(file)).isEqualTo("rw-r-----");
    assertThat(Files.readAttributes(file, PosixFileAttributes.class).group().getName())
        .isEqualTo(group);
    assertThatThrownBy(() -> TokenFile.make(file, "no-such-group"))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no group no-such-group (management.token-group)");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void aFileOfTheAdminCountsAndIsClosedToOthers() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "the-token-of-an-admin==\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(TokenFile.make(file, "")).isEqualTo("the-token-of-an-admin==");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "short",
        "two words of a token",
        "token\nof-two-lines-here",
        "t\u00f6ken-of-an-admin"
      })
  void whatIsNoTokenIsNone(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("token"), text);
    assertThatThrownBy(() -> TokenFile.make(file, ""))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": holds no token")
        .hasMessageNotContaining("admin");
    assertThat(file).hasContent(text);
  }

  @Test
  void whereThereCanBeNoneItTellsWhy() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> TokenFile.make(file.resolve("token"), ""))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file.resolve("token") + ": ");
    assertThatThrownBy(() -> TokenFile.read(directory.resolve("none")))
        .hasMessage(directory.resolve("none") + ": there is no such file");
  }
}
