use strict;
use warnings;

my ($content, $public) = @ARGV;
mkdir $public;
local $/;
open my $in, '<', 'template.html' or die "template.html: $!";
my $template = <$in>;
for my $source (sort glob "$content/*.md") {
    open my $page, '<', $source or die "$source: $!";
    my $text = <$page>;
    $text =~ s{^# (.*)$}{<h1>$1</h1>}mg;
    $text =~ s{\*(\w+)\*}{<em>$1</em>}g;
    my $html = $template =~ s/\{\{body\}\}/$text/r;
    my ($name) = $source =~ m{([^/]+)\.md$};
    open my $out, '>', "$public/$name.html" or die "$name.html: $!";
    print $out $html;
    print "$name.html\n";
}
