// Command release builds the program for every system that planners use and
// zips each binary, with checksums, into dist/. It needs Go alone, on any system.
package main

import (
	"archive/zip"
	"compress/flate"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// targets are GOOS/GOARCH.
var targets = []string{"windows/amd64", "windows/arm64", "darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64"}

// papers go into every archive beside the binary.
var papers = []string{"LICENSE", "README.md", "CHANGELOG.md"}

func main() {
	log.SetFlags(0)
	version := flag.String("version", "development", "version that the binaries and archives carry")
	dist := flag.String("o", "dist", "folder to write")
	flag.Parse()
	if err := release(*version, *dist); err != nil {
		log.Fatal(err)
	}
}

func release(version, dist string) error {
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	var sums strings.Builder
	for _, target := range targets {
		system, arch, _ := strings.Cut(target, "/")
		archive := filepath.Join(dist, fmt.Sprintf("rearguard-%s-%s-%s.zip", version, system, arch))
		if err := pack(version, system, arch, archive); err != nil {
			return fmt.Errorf("release for %s: %w", target, err)
		}
		data, err := os.ReadFile(archive)
		if err != nil {
			return fmt.Errorf("checksum: %w", err)
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), filepath.Base(archive))
		fmt.Println(archive)
	}
	return os.WriteFile(filepath.Join(dist, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// pack builds one binary and zips it. Entries carry no time, so that the same
// commit gives the same archive.
func pack(version, system, arch, archive string) error {
	folder, err := os.MkdirTemp("", "rearguard-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	name := "rearguard"
	if system == "windows" {
		name += ".exe"
	}
	binary := filepath.Join(folder, name)
	build := exec.Command("go", "build", "-trimpath", "-o", binary,
		"-ldflags", "-s -w -X github.com/rearguard/rearguard/internal/cli.version="+version, "./cmd/rearguard")
	build.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return writeZip(archive, append([]string{binary}, papers...))
}

func writeZip(archive string, files []string) error {
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer out.Close()
	w := zip.NewWriter(out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: filepath.Base(file), Method: zip.Deflate}
		header.SetMode(0o644)
		if strings.HasPrefix(header.Name, "rearguard") {
			header.SetMode(0o755)
		}
		entry, err := w.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(data); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return out.Close()
}
