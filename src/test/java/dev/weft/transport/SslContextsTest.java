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
import java.security.InvalidKeyException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SslContextsTest {

  @Test
  @DisplayName("TLS-2: PKCS#8, PKCS#1 and SEC 1 keys can be read")
  void keys() throws Exception {
    assertEquals("EC", Pem.privateKey(file("server.key")).getAlgorithm());
    assertEquals("EdDSA", Pem.privateKey(file("ed25519-pkcs8.pem")).getAlgorithm());
    var rsa = (RSAPrivateCrtKey) Pem.privateKey(file("rsa-pkcs1.pem"));
    assertEquals(2048, rsa.getModulus().bitLength());
    var ec = (ECPrivateKey) Pem.privateKey(file("ec-sec1.pem"));
    assertEquals(384, ec.getParams().getOrder().bitLength());
  }

  @Test
  @DisplayName("TLS-2: an encrypted key is an error that gives the command to decrypt it")
  void encryptedKey(@TempDir Path folder) throws IOException {
    String lines = "MIIEpAIBAAKCAQEAqwertyuiop\nasdfghjkl0123456789+/ABCD==\n";
    for (String type : List.of("RSA", "EC")) { // the format of older commands of OpenSSL
      Files.writeString(
          folder.resolve(type + ".pem"),
          "-----BEGIN " + type + " PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
              + "DEK-Info: AES-256-CBC,0123456789ABCDEF0123456789ABCDEF\n\n" + lines
              + "-----END " + type + " PRIVATE KEY-----\n");
    }
    for (Path key :
        List.of(file("encrypted.pem"), folder.resolve("RSA.pem"), folder.resolve("EC.pem"))) {
      var error = assertThrows(InvalidKeySpecException.class, () -> Pem.privateKey(key));
      assertTrue(error.getMessage().contains("is encrypted"), error.getMessage());
      assertTrue(error.getMessage().contains("openssl pkey -in " + key), error.getMessage());
    }
  }

  @Test
  @DisplayName("TLS-2: a key may have headers that do not concern encryption")
  void headers(@TempDir Path folder) throws Exception {
    Path key = folder.resolve("key.pem");
    String begin = "-----BEGIN RSA PRIVATE KEY-----\n";
    Files.writeString(
        key, Files.readString(file("rsa-pkcs1.pem")).replace(begin, begin + "Comment: mine\n\n"));
    assertEquals("RSA", Pem.privateKey(key).getAlgorithm());
  }

  @Test
  @DisplayName("TLS-2: a key that does not belong to its certificate is an error")
  void mismatch() throws Exception {
    // another key of the same type, and a key of each other type
    for (String key : List.of("other.key", "ed25519-pkcs8.pem", "rsa-pkcs1.pem", "ec-sec1.pem")) {
      for (Reading making : List.<Reading>of(
          () -> SslContexts.server(file("server.pem"), file(key)),
          () -> SslContexts.server(file("server.pem"), file(key), file("ca.pem")),
          () -> SslContexts.client(file("ca.pem"), file("server.pem"), file(key)))) {
        var error = assertThrows(InvalidKeyException.class, making::read);
        assertTrue(error.getMessage().contains(file(key).toString()), error.getMessage());
        assertTrue(error.getMessage().contains("server.pem"), error.getMessage());
      }
    }
  }

  @Test
  @DisplayName("TLS-2: the error for a file with wrong content names the file")
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
