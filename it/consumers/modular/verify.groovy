// both streams: a word of Weft's would be in it
assert new File(basedir, 'target/output.txt').text.normalize() == 'hello\nworld\n'
