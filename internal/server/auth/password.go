package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// The cost of a password, after the second choice of RFC 9106, section 4: 64 MiB, 3
// passes.
const (
	argonPasses  = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
	argonKey     = 32
)

// leastPassword is the least length of a password (NIST SP 800-63B asks for 8; a
// passphrase is easier to keep than rules).
const leastPassword = 10

// one at a time, so that guesses cannot exhaust the memory.
var hashing sync.Mutex

// hashPassword is the PHC string of a password.
func hashPassword(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	hashing.Lock()
	defer hashing.Unlock()
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonThreads, argonKey)
	e := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads, e(salt), e(key))
}

// nobodys is hashed where there is no account, so that the time taken does not tell.
var nobodys = sync.OnceValue(func() string { return hashPassword("nobody has this password") })

// passes compares a password with its hash.
func passes(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = nobodys()
	}
	var version, passes, memory, threads int
	var salt, key string
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads); err != nil {
		return false
	}
	salt, key = parts[4], parts[5]
	s, err := base64.RawStdEncoding.DecodeString(salt)
	k, also := base64.RawStdEncoding.DecodeString(key)
	if err != nil || also != nil {
		return false
	}
	hashing.Lock()
	defer hashing.Unlock()
	got := argon2.IDKey([]byte(password), s, uint32(passes), uint32(memory), uint8(threads), uint32(len(k)))
	return subtle.ConstantTimeCompare(got, k) == 1 && known
}
