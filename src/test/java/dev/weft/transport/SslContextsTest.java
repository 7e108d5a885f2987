package dev.weft.transport;

import static dev.weft.testkit.Certificates.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SslContextsTest {

  @Test
  @DisplayName("TLS-2: keys as PKCS#8, PKCS#1 and SEC 1 are read")
  void keys() throws Exception {
    assertEquals("EC", Pem.privateKey(file("server.key")).getAlgorithm());
    assertEquals("EdDSA", Pem.privateKey(file("ed25519-pkcs8.pem")).getAlgorithm());
    var rsa = (RSAPrivateCrtKey) Pem.privateKey(file("rsa-pkcs1.pem"));
    assertEquals(2048, rsa.getModulus().bitLength());
    var ec = (ECPrivateKey) Pem.privateKey(file("ec-sec1.pem"));
    assertEquals(384, ec.getParams().getOrder().bitLength());
  }

  @Test
  @DisplayName("TLS-2: a key that is encrypted is refused with the command that decrypts it")
  void encryptedKey() {
    var error =
        assertThrows(InvalidKeySpecException.class, () -> Pem.privateKey(file("encrypted.pem")));
    assertTrue(error.getMessage().contains("openssl pkcs8"));
    assertTrue(error.getMessage().contains("encrypted.pem"));
  }

  @Test
  @DisplayName("TLS-2: files that do not have what they should are named")
  void wrongFiles(@TempDir Path folder) throws IOException {
    assertNames("ca.pem", () -> Pem.privateKey(file("ca.pem")));
    assertNames("server.key", () -> Pem.certificates(file("server.key")));
    assertThrows(
        NoSuchFileException.class, () -> SslContexts.client(folder.resolve("missing.pem")));
    Path broken = folder.resolve("broken.pem");
    Files.writeString(
        broken, "-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----\n");
    assertNames("broken.pem", () -> Pem.privateKey(broken));
    Files.writeString(broken, "-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n");
    assertNames("broken.pem", () -> Pem.privateKey(broken));
  }

  private interface Reading {
    Object read() throws IOException, GeneralSecurityException;
  }

  private static void assertNames(String name, Reading reading) {
    var error = assertThrows(GeneralSecurityException.class, reading::read);
    assertTrue(error.getMessage().contains(name), error.getMessage());
  }

  @Test
  @DisplayName("TLS-2: a file may hold several certificates, and a key beside them")
  void bundles(@TempDir Path folder) throws Exception {
    Path all = folder.resolve("all.pem");
    Files.writeString(
        all,
        Files.readString(file("server.key"))
            + Files.readString(file("server.pem"))
            + Files.readString(file("ca.pem")));
    assertEquals(2, Pem.certificates(all).size());
    SslContexts.server(all, all);
    SslContexts.client(all, all, all);
  }
}
