// A driver a file; each exports what it drives.
export {}
