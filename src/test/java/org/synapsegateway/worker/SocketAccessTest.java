// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.worker.SocketAccess.ProcessUser;
import org.synapsegateway.worker.SocketAccess.Right;

/** What is told of a socket that the gateway may not reach. */
class SocketAccessTest {
  @TempDir Path directory;

  private static String tell(String mode, String group, Right right, String... groups) {
    return SocketAccess.tell(
        Path.of("/run/matrix"),
        PosixFilePermissions.fromString(mode),
        "synapse",
        group,
        right,
        new ProcessUser("gateway", new TreeSet<>(List.of(groups))));
  }

  @Test
  void whoIsNotInTheGroupIsToldToEnterIt() {
    assertThat(tell("rwxr-x---", "matrix", Right.ENTER, "gateway", "adm"))
        .isEqualTo(
            "user gateway (groups: adm gateway) may not enter /run/matrix, which is rwxr-x--- of"
                + " synapse:matrix; put gateway into the group matrix (usermod -a -G matrix"
                + " gateway), and start again");
  }

  @Test
  void whereTheGroupHasNoRightItIsToldToBeGivenOne() {
    assertThat(tell("rwxr-----", "matrix", Right.ENTER, "gateway"))
        .endsWith("; let a group of gateway in (chmod g+x /run/matrix, chgrp)");
    assertThat(tell("rwxr-xr--", "matrix", Right.WRITE, "gateway", "matrix"))
        .isEqualTo(
            "user gateway (groups: gateway matrix) may not write to /run/matrix, which is"
                + " rwxr-xr-- of synapse:matrix; let a group of gateway in (chmod g+w /run/matrix,"
                + " chgrp)");
  }

  @Test
  void nobodyIsSentIntoTheGroupOfRoot() {
    assertThat(tell("rwxrwx---", "root", Right.WRITE, "gateway"))
        .endsWith("; let a group of gateway in (chmod g+w /run/matrix, chgrp)");
  }

  @Test
  void thisProcessHasAUserAndGroups() {
    ProcessUser user = ProcessUser.ofThisProcess();
    assertThat(user.name()).isEqualTo(System.getProperty("user.name"));
    assertThat(user.groups()).isNotEmpty();
  }

  @Test
  void whatIsOpenOrNotThereHasNoObstacle() {
    assertThat(SocketAccess.obstacle(directory.resolve("none.sock"))).isEmpty();
    assertThat(SocketAccess.obstacle(directory.resolve("none/none.sock"))).isEmpty();
    assertThat(SocketAccess.obstacle(directory)).isEmpty();
  }
}
